import { describe, expect, test } from '@jest/globals'
import { BackendError } from '../../backend/errors.js'
import { isLabName } from '../../backend/lab-name.js'
import { backendId, directoryLocation, locationUrl, parseBackendUrl } from '../../backend/location.js'
import { stateBackend } from '../../backend/state-backend.js'
import { labName } from './support.js'

describe('a backend URL', () => {
  test.each([
    ['file:///var/labs', '/var/labs'],
    ['file:///var/labs/', '/var/labs'],
    ['file:///var/./my%20labs/../labs', '/var/labs'],
  ])('%s is the folder %s', (url, path) => {
    expect(parseBackendUrl(url)).toEqual({ kind: 'directory', path })
  })

  test.each([
    '',
    'labs',
    '/var/labs',
    'file://host/labs',
    'file:labs',
    'file:///a?b=c',
    'ftp://x/y',
    'file:///a%2Fb',
  ])('%j is refused with what was expected', (given) => {
    expect(() => parseBackendUrl(given)).toThrow(BackendError)
    expect(() => parseBackendUrl(given)).toThrow('backend-url-invalid')
  })

  test.each(['s3://bucket/prefix?region=eu-west-1', 'gs://bucket/prefix'])(
    '%s is known but not supported yet',
    (given) => {
      expect(() => parseBackendUrl(given)).toThrow('backend-unsupported')
    },
  )

  test('is given back by the location it was read as', () => {
    const location = directoryLocation('/var/my labs#1')
    expect(parseBackendUrl(locationUrl(location))).toEqual(location)
  })

  test('has a short id that only the place decides', () => {
    expect(backendId(parseBackendUrl('file:///var/labs/'))).toBe(backendId(directoryLocation('/var/labs')))
    expect(backendId(directoryLocation('/var/labs'))).toMatch(/^[0-9a-f]{8}$/)
    expect(backendId(directoryLocation('/var/labs'))).not.toBe(backendId(directoryLocation('/var/labs2')))
  })

  test("leads to the lab's own OpenTofu state", () => {
    expect(stateBackend(directoryLocation('/var/labs'), labName('demo'))).toEqual({
      kind: 'local',
      path: '/var/labs/labs/demo/tofu.tfstate',
    })
  })
})

describe('a lab name', () => {
  test.each(['a', 'debian-local', 'rocky-9-aws', 'a'.repeat(40), 'a--b'])('may be %s', (name) => {
    expect(isLabName(name)).toBe(true)
  })
  test.each(['', 'A', '9a', '-a', 'a-', 'a_b', 'a.b', '../a', 'a'.repeat(41), 'a\n'])(
    'may not be %j',
    (name) => {
      expect(isLabName(name)).toBe(false)
    },
  )
})
