import { describe, expect, test } from '@jest/globals'
import { BackendError } from '../../backend/errors.js'
import { isLabName } from '../../backend/lab-name.js'
import { placeId, directoryLocation, locationUrl, parseBackendUrl } from '../../backend/location.js'
import { stateBackend } from '../../backend/state-backend.js'
import { labName } from '../support/backend/support.js'

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

  test('is given back by the location it was read as', () => {
    const location = directoryLocation('/var/my labs#1')
    expect(parseBackendUrl(locationUrl(location))).toEqual(location)
  })

  test('has a short id that only the place decides', () => {
    expect(placeId(parseBackendUrl('file:///var/labs/'))).toBe(placeId(directoryLocation('/var/labs')))
    expect(placeId(directoryLocation('/var/labs'))).toMatch(/^[0-9a-f]{8}$/)
    expect(placeId(directoryLocation('/var/labs'))).not.toBe(placeId(directoryLocation('/var/labs2')))
  })

  test("leads to the lab's own OpenTofu state", () => {
    expect(stateBackend(directoryLocation('/var/labs'), labName('demo'))).toEqual({
      kind: 'local',
      path: '/var/labs/labs/demo/tofu.tfstate',
    })
  })
})

describe('the URL of a bucket', () => {
  test.each([
    [
      's3://labs?region=eu-west-1',
      { kind: 's3', bucket: 'labs', prefix: '', region: 'eu-west-1', pathStyle: false },
    ],
    [
      's3://labs/team/a/?region=us-east-1&endpoint=http://127.0.0.1:9000/&path-style=true&kms-key=alias/labs',
      {
        kind: 's3',
        bucket: 'labs',
        prefix: 'team/a',
        region: 'us-east-1',
        pathStyle: true,
        endpoint: 'http://127.0.0.1:9000',
        kmsKey: 'alias/labs',
      },
    ],
    [
      's3://labs/x?endpoint=https://s3.example.org/storage',
      {
        kind: 's3',
        bucket: 'labs',
        prefix: 'x',
        region: 'us-east-1',
        pathStyle: false,
        endpoint: 'https://s3.example.org/storage',
      },
    ],
    ['gs://labs_1/team', { kind: 'gcs', bucket: 'labs_1', prefix: 'team' }],
    [
      'gs://labs?endpoint=http%3A%2F%2F127.0.0.1%3A4443',
      { kind: 'gcs', bucket: 'labs', prefix: '', endpoint: 'http://127.0.0.1:4443' },
    ],
  ])('%s is understood, and given back by its location', (url, location) => {
    expect(parseBackendUrl(url)).toEqual(location)
    expect(parseBackendUrl(locationUrl(parseBackendUrl(url)))).toEqual(location)
  })

  const problemsOf = (given: string): readonly string[] => {
    try {
      parseBackendUrl(given)
    } catch (error) {
      if (error instanceof BackendError && error.fault.code === 'backend-url-invalid')
        return error.fault.problems
    }
    throw new Error(`${given} was not refused`)
  }

  test('is refused with all its problems at once', () => {
    const given = 's3://me:secret@My_Labs:80/a b?regin=x&endpoint=minio&path-style=yes&path-style=no#top'
    expect(problemsOf(given)).toHaveLength(9)
    const all = problemsOf(given).join('\n')
    expect(all).toContain('unknown parameter "regin": did you mean region?')
    expect(all).toContain(
      'endpoint is expected to be a URL such as https://minio.example.org:9000, got "minio"',
    )
    expect(all).toContain('credentials do not belong in the URL')
    expect(all).not.toContain('secret')
  })

  test.each([
    ['s3://labs', 'region is missing: add ?region=R, the region of the bucket'],
    ['s3://labs?region=Europe!', 'region is expected to be like eu-west-1, got "Europe!"'],
    ['s3://labs?region=', 'region has no value'],
    ['s3://labs/../x/.hidden?region=r', 'the prefix is expected to consist of letters'],
    ['gs://labs?region=europe-west1', 'unknown parameter "region": known parameters: endpoint'],
    ['gs://labs?end_point=http://x', 'unknown parameter "end_point": did you mean endpoint?'],
    ['gs://', "the bucket's name is expected after gs://"],
  ])('%s: %s', (given, problem) => {
    expect(problemsOf(given)).toEqual([expect.stringContaining(problem)])
  })

  test('names the same backend whichever way leads there', () => {
    const idOf = (url: string): string => placeId(parseBackendUrl(url))
    const id = idOf('s3://labs/team?region=eu-west-1')
    expect(idOf('s3://labs/team/?region=eu-west-2&path-style=true&kms-key=k')).toBe(id)
    const others = ['s3://labs?region=eu-west-1', 'gs://labs/team', 's3://labs/team?endpoint=http://x']
    expect(new Set([id, ...others.map(idOf)]).size).toBe(4)
    // Tags of living machines carry it: it must never change.
    expect(id).toBe('437ddd19')
  })

  test("leads to the lab's own OpenTofu state, with its lock beside it", () => {
    const s3 = parseBackendUrl('s3://labs/team?region=eu-west-1&kms-key=k')
    expect(stateBackend(s3, labName('demo'))).toEqual({
      kind: 's3',
      bucket: 'labs',
      key: 'team/labs/demo/tofu.tfstate',
      region: 'eu-west-1',
      pathStyle: false,
      kmsKey: 'k',
    })
    expect(stateBackend(parseBackendUrl('gs://labs'), labName('demo'))).toEqual({
      kind: 'gcs',
      bucket: 'labs',
      prefix: 'labs/demo/tofu',
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
