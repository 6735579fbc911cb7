import { describe, expect, test } from '@jest/globals'
import { BackendError } from '../../backend/errors.js'
import { fits } from '../../backend/forms.js'
import { formatDocument, parseDocument } from '../../backend/validate.js'
import { hostile } from '../support/backend/hostile-values.js'
import { imageRecord, records } from '../support/backend/records.js'

type Path = readonly (string | number)[]

const { aws, local } = records
const lease = {
  lab: 'web',
  fence: 3,
  holder: aws.command?.holder ?? null,
  command: 'up',
  revision: aws.revision,
  since: aws.createdAt,
  renewedAt: aws.createdAt,
  expiresAt: aws.createdAt,
}
/** Every field of every kind of document is in one of these. */
const documents = [
  ['record', 'of a cloud', { ...local, ...aws, machines: local.machines }],
  ['event', 'of a lab', aws.lastEvent],
  ['lease', 'of a lab', lease],
  ['image-record', 'of a cloud', imageRecord],
] as const

/** Fields that hold words for people: they reach terminals alone. `tags/…` and paths are compared, and quoted where written. */
const FREE =
  /(^|\/)(profile|source|session|from|user|host|message)$|^\/tags\/|^\/(machines\/\d+\/place|sshKey\/path)$/
/** Compared with our own, and written nowhere. */
const COMPARED = /\/(boot|startTime)$/
const LOGIN = /^\/machines\/\d+\/user$/

/** The places of all texts in a document. */
function textsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    textsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

function replaced(document: unknown, [key, ...rest]: Path, by: string): unknown {
  if (key === undefined) return by
  const inner = replaced((document as Record<string | number, unknown>)[key], rest, by)
  if (Array.isArray(document)) return document.map((each, n) => (n === key ? inner : each) as unknown)
  return { ...(document as object), [key]: inner }
}

function problemsOf(kind: (typeof documents)[number][0], document: unknown): string | undefined {
  try {
    parseDocument(kind, JSON.stringify(document), 'web', 'place')
    return undefined
  } catch (error) {
    if (error instanceof BackendError && error.fault.code === 'record-unreadable')
      return error.fault.problems.join('\n')
    throw error
  }
}

describe.each(documents)('a %s %s', (kind, _what, document) => {
  test('is read as it is', () => {
    expect(problemsOf(kind, document)).toBeUndefined()
  })

  const fields = textsOf(document).map((path) => [`/${path.join('/')}`, path] as const)
  test.each(fields)('whose %s is made to do harm is refused by its name, or does none', (field, path) => {
    for (const value of Object.values(hostile).flat()) {
      const problems = problemsOf(kind, replaced(document, path, value))
      if (problems !== undefined) {
        expect(problems).toContain(`${field} expected `)
        expect(problems.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u)
        continue
      }
      expect(COMPARED.test(field) || (FREE.test(field) && !LOGIN.test(field))).toBe(true)
      // A message is cleaned, not refused.
      if (!field.endsWith('/message')) expect(value === '' || fits('line', value)).toBe(true)
    }
  })
})

test('a tag whose key is no key is refused by its name', () => {
  for (const key of Object.values(hostile).flat()) {
    if (fits('tagKey', key)) continue
    const tags = JSON.parse(JSON.stringify({ ok: 'x', [key]: 'y' })) as object
    expect(problemsOf('record', { ...aws, tags })).toContain('/tags expected ')
  }
})

test.each([
  ['machines', Array.from({ length: 65 }, () => local.machines[0])],
  ['steps', Array.from({ length: 257 }, () => local.steps[0])],
  ['tags', Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, 'v']))],
  ['costPerHourUsd', -1],
  ['fence', 1e300],
  ['expiresAt', '2026-02-30T00:00:00.000Z'],
  ['expiresAt', '1999-01-01T00:00:00.000Z'],
  ['expiresAt', '9999-01-01T00:00:00.000Z'],
  ['engine', { ...aws.engine, pid: 0 }],
])('a record with %s out of bounds is refused', (field, value) => {
  expect(problemsOf('record', { ...local, [field]: value })).toContain(`/${field}`)
})

test('numbers that JSON can write and no computer can hold are refused', () => {
  const body = JSON.stringify(local).replace('"costPerHourUsd":0.0416', '"costPerHourUsd":1e999')
  expect(() => parseDocument('record', body, 'web', 'x')).toThrow('/costPerHourUsd expected a number from 0')
})

test('a thousand problems are told in twenty lines', () => {
  const steps = Array.from({ length: 1000 }, () => ({ name: '\u001b', ms: -1, outcome: 'x' }))
  expect(problemsOf('record', { ...local, steps })?.split('\n')).toHaveLength(21)
})

describe('a message of before', () => {
  test('with colours, tabs and carriage returns is read without them', () => {
    const failure = {
      step: null,
      code: 'engine-failed',
      message: '\u001b[31mred\u001b[0m\r\n\tline\u0007\u202e',
    }
    const read = parseDocument('record', JSON.stringify({ ...local, failure }), 'web', 'x')
    expect(read.failure?.message).toBe('red\n  line\\u0007\\u202e')
  })
})

describe('a record of before', () => {
  test.each(Object.entries(records))('of %s is read, and written again as it was', (_provider, record) => {
    const body = formatDocument('record', record, 'web')
    expect(parseDocument('record', body, 'web', 'x')).toEqual(record)
  })

  test('without the newer fields is read', () => {
    const {
      account: _a,
      zone: _z,
      spot: _s,
      authorizedKeys: _k,
      allowFrom: _f,
      session: _n,
      network: _w,
      ...old
    } = aws
    const machines = aws.machines.map(({ marker: _m, place: _p, ...rest }) => rest)
    const image = { id: aws.image?.id }
    expect(problemsOf('record', { ...old, machines, image })).toBeUndefined()
  })
})

test('what could not be read again is not written, and its field is named', () => {
  const write = () => formatDocument('record', { ...local, session: 'a\nb' }, 'web')
  expect(write).toThrow(
    expect.objectContaining({
      fault: {
        code: 'record-unwritable',
        lab: 'web',
        problems: ['/session expected one line of 1 to 2048 visible characters or null, got "a\\nb"'],
      },
    }),
  )
})
