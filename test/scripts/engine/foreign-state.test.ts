import { describe, expect, test } from '@jest/globals'
import { foreignIn } from '../../../scripts/engine/foreign-state.js'
import { parseState } from '../../../scripts/engine/state-document.js'
import { engineProviders } from '../../../stacks/registry.js'

const { aws, local } = engineProviders
const resource = (type: string, source: string, more: object = {}): object => ({
  mode: 'managed',
  type,
  name: 'main',
  provider: `provider["${source}"]`,
  instances: [{}],
  ...more,
})
const instance = resource('aws_instance', aws.source)
const data = resource('terraform_data', local.source)
const stateOf = (...resources: readonly unknown[]): string =>
  JSON.stringify(
    { version: 4, serial: 1, lineage: 'x', outputs: {}, resources, check_results: null },
    null,
    2,
  )
const found = (text: string, provider = aws): readonly string[] => foreignIn(parseState(text), provider)

describe('a state of distrolab', () => {
  test.each([
    ['of a cloud', aws, stateOf(instance, resource('aws_ami', aws.source, { mode: 'data' }))],
    ['of this computer', local, stateOf(data)],
    ['of nothing', aws, stateOf()],
    [
      'whose tags differ in case only',
      aws,
      stateOf({ ...instance, instances: [{ a: { Name: 1, name: 2 } }] }),
    ],
    ['that is encrypted', aws, '{"serial":1,"meta":{},"encrypted_data":"eA==","encryption_version":"v0"}'],
  ])('%s is taken', (_which, provider, text) => {
    expect(found(text, provider)).toEqual([])
  })

  test('has only what is of its own provider', () => {
    expect(found(stateOf(data), aws)).toEqual([
      'the provider "provider[\\"terraform.io/builtin/terraform\\"]"',
    ])
    expect(found(stateOf(instance), local)).toHaveLength(1)
  })
})

const EVIL = 'example.com/other/cloud'
const evil = resource('other_thing', EVIL)

describe('a state that names something else is refused:', () => {
  test.each([
    ['another provider', stateOf(evil), EVIL],
    ['another provider after what is ours', stateOf(instance, evil), EVIL],
    ['another provider of data', stateOf(resource('x', EVIL, { mode: 'data' })), EVIL],
    ['another provider without instances', stateOf({ ...evil, instances: [] }), EVIL],
    [
      'the same provider of another registry',
      stateOf(resource('aws_instance', 'example.com/hashicorp/aws')),
      '',
    ],
    ['a provider by its old name', stateOf({ ...instance, provider: 'provider.other' }), 'provider.other'],
    ['a provider of a module', stateOf({ ...instance, provider: `module.m.${'provider["x"]'}` }), 'module.m'],
    ['no provider', stateOf({ ...instance, provider: undefined }), 'none'],
    ['a kind of resource that no lab has', stateOf(resource('aws_s3_bucket', aws.source)), 'aws_s3_bucket'],
    ['a module', stateOf({ ...instance, module: 'module.m' }), 'module.m'],
    ['another mode', stateOf({ ...instance, mode: 'ephemeral' }), 'aws_instance'],
  ])('%s', (_what, text, named) => {
    expect(found(text)).toEqual([expect.stringContaining(named)])
  })

  test('what it says of itself can not move the cursor', () => {
    const [said = ''] = found(stateOf({ ...evil, provider: `\u001b[2J\u202e${'x'.repeat(500)}` }))
    expect(said).toMatch(/^[\x20-\x7e]+…$/)
    expect(said.length).toBeLessThan(150)
  })
})

describe('a state that OpenTofu reads in another way than it looks is refused:', () => {
  test.each([
    ['the list twice', `{"version":4,"resources":[${JSON.stringify(evil)}],"resources":[]}`],
    [
      'the list twice, once escaped',
      `{"version":4,"resourc\\u0065s":[${JSON.stringify(evil)}],"resources":[]}`,
    ],
    ['the list in capitals too', `{"version":4,"resources":[],"RESOURCES":[${JSON.stringify(evil)}]}`],
    ['the list with a long s too', `{"version":4,"resources":[],"re\u017fources":[${JSON.stringify(evil)}]}`],
    ['the list in capitals alone', `{"version":4,"Resources":[${JSON.stringify(evil)}]}`],
    [
      'a provider twice',
      stateOf(instance).replace('"provider":', `"provider":"provider[\\"${EVIL}\\"]","provider":`),
    ],
    ['a provider in capitals too', stateOf({ ...instance, Provider: `provider["${EVIL}"]` })],
    ['a module in capitals', stateOf({ ...instance, MODULE: 'module.m' })],
    [
      'encrypted and in clear',
      `{"encryption_version":"v0","version":4,"resources":[${JSON.stringify(evil)}]}`,
    ],
    ['an older version', `{"version":3,"modules":[]}`],
    ['a list of something else', '{"version":4,"resources":[null]}'],
    ['no object', '[]'],
  ])('%s', (_what, text) => {
    expect(found(text)).toHaveLength(1)
  })
})

test('a state that was cut short is left to OpenTofu, which refuses it', () => {
  expect(parseState('{"version":')).toMatchObject({ kind: 'broken' })
  expect(found('{"version":')).toEqual([])
})
