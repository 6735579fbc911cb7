import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { buildSeed } from '../../stacks/cloud-init.js'
import { buildUserData } from '../../stacks/cloud-user-data.js'
import { synthesiseLab } from '../../stacks/app.js'
import { keyMetadata } from '../../stacks/google/key.js'
import { escapeTemplates } from '../../stacks/templates.js'
import { hostile } from '../support/backend/hostile-values.js'
import { labSpec } from '../support/stacks/lab-plan.js'

const values = Object.values(hostile).flat()

/** OpenTofu takes `$${` for `${`, whatever is before it (seen with 1.6.2 and 1.12.6: `$$${x}` is the text `$${x}`). */
const evaluated = (text: string): boolean => /(?<!\$)\$\{|(?<!%)%\{/.test(text)

test('what reaches OpenTofu is text to it, and not what CDKTF would replace', () => {
  for (const value of values) {
    if (value.includes('{TfToken[')) {
      expect(() => escapeTemplates({ tag: value })).toThrow('value-refused')
      continue
    }
    const { tag } = escapeTemplates({ tag: value })
    expect(evaluated(tag)).toBe(false)
  }
})

describe('a local lab', () => {
  test.each(hostile['HCL'] ?? [])('whose user is %s has it as text everywhere in its stack', async (user) => {
    const machine = { name: 'main', user, sshPort: 22_001, directory: '/home/anna/machines/demo/main' }
    const spec = labSpec({ machines: [machine] })
    const text = await synthesiseLab(spec).catch((error: unknown) => String(error))
    if (text.includes('value-refused')) return
    const parsed = JSON.parse(text) as { output: { machines: { value: { main: { user: string } } } } }
    expect(evaluated(parsed.output.machines.value.main.user)).toBe(false)
  })
})

test('cloud-init reads every value as it was given, whatever YAML would make of it', () => {
  for (const value of values) {
    // YAML has no halves of characters (https://yaml.org/spec/1.1/#id868524).
    if (value === '\ud800') continue
    const userData = buildUserData({ hostname: value, publicKeys: [value], powerOffAt: null })
    expect(parse(userData, { version: '1.1' })).toMatchObject({
      hostname: value,
      ssh_authorized_keys: [value],
    })
    const seed = buildSeed({
      instanceId: value,
      hostname: value,
      user: value,
      authorizedKeys: [value],
      macAddress: value,
    })
    expect(parse(seed.userData, { version: '1.1' })).toMatchObject({
      users: [{ name: value, ssh_authorized_keys: [value] }],
    })
    expect(parse(seed.metaData, { version: '1.1' })).toEqual({
      'instance-id': value,
      'local-hostname': value,
    })
  }
})

test("Google's metadata gives one user's key a line, and no line to anyone else", () => {
  const spec = { publicKeys: ['ssh-ed25519 AAAA'] } as unknown as Parameters<typeof keyMetadata>[0]
  for (const user of values) {
    if (/^[a-z_][a-z0-9_-]{0,31}$/.test(user)) continue
    expect(() => keyMetadata(spec, { user } as Parameters<typeof keyMetadata>[1])).toThrow('value-refused')
  }
  const machine = { user: 'debian' } as Parameters<typeof keyMetadata>[1]
  const forged = { ...spec, publicKeys: ['ssh-ed25519 AAAA\nroot:ssh-ed25519 BBBB'] }
  expect(() => keyMetadata(forged, machine)).toThrow('value-refused')
})
