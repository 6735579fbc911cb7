import { describe, expect, test } from '@jest/globals'
import { DriverError, type UsageProblem } from '../../local-vm/errors.js'
import { parseCommand, parseInput } from '../../local-vm/machine/validate.js'
import { machineSpec } from '../support/local-vm/machine-spec.js'

function problemsOf(action: () => unknown): readonly UsageProblem[] {
  try {
    action()
  } catch (error) {
    if (error instanceof DriverError && error.fault.code === 'usage') return error.fault.problems
    throw error
  }
  throw new Error('it was accepted')
}

const spec = machineSpec('/tmp/x', 22301)

describe('the input of the driver', () => {
  test('is taken as it is when it is right', () => {
    expect(parseInput('create', JSON.stringify(spec))).toEqual(spec)
  })

  test('shows all its problems at once, each with field, expected and got', () => {
    const problems = problemsOf(() =>
      parseInput('create', JSON.stringify({ ...spec, vcpus: 0, sshPort: 'x', directory: 'rel' })),
    )
    expect(problems.map(({ field }) => field).sort()).toEqual(['/directory', '/sshPort', '/vcpus'])
    expect(problems).toContainEqual({ field: '/directory', expected: 'an absolute path', got: '"rel"' })
  })

  test('may not have unknown fields, and the nearest known one is named', () => {
    const [problem] = problemsOf(() => parseInput('create', JSON.stringify({ ...spec, hostName: 'a' })))
    expect(problem?.field).toBe('/hostName')
    expect(problem?.expected).toContain('nearest: hostname')
  })

  test('needs a vendor image or a build', () => {
    const image = { distro: 'debian-13', architecture: 'x86_64' }
    const [problem] = problemsOf(() => parseInput('image', JSON.stringify({ cache: '/c', image })))
    expect(problem).toMatchObject({ field: '/image', expected: 'the field vendor or the field build' })
  })

  test('needs only id and directory to stop, look at or destroy a machine', () => {
    const key = { id: spec.id, directory: spec.directory }
    for (const verb of ['stop', 'status', 'destroy', 'baseline'] as const) {
      expect(parseInput(verb, JSON.stringify({ ...key, from: 'an older version' }))).toMatchObject(key)
    }
  })

  test.each(['2026-11-21', '2026-11-21T10:00:00', 'soon', 7])('knows that %s is no time', (expiresAt) => {
    const key = { id: spec.id, directory: spec.directory }
    const [problem] = problemsOf(() => parseInput('extend', JSON.stringify({ ...key, expiresAt })))
    expect(problem?.field).toBe('/expiresAt')
  })

  test.each(['2026-11-21T10:00:00.000Z', null])('takes %s as an expiry', (expiresAt) => {
    expect(parseInput('create', JSON.stringify({ ...spec, expiresAt }))).toMatchObject({ expiresAt })
  })

  test('names the verbs when it is none of them', () => {
    expect(problemsOf(() => parseCommand(['creat', '{}']))[0]).toMatchObject({
      field: '(verb)',
      got: 'creat',
    })
    expect(problemsOf(() => parseCommand(['create', '{'])).map(({ field }) => field)).toEqual(['(json)'])
    expect(problemsOf(() => parseCommand([]))[0]).toMatchObject({ got: 'nothing' })
  })
})
