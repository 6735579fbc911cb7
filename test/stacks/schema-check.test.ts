import { describe, expect, test } from '@jest/globals'
import { checkConfiguration, type ProviderSchema } from '../support/stacks/schema-check.js'

const schema: ProviderSchema = {
  version: '1',
  provider_schema: { attributes: { region: { type: 'string', optional: true } } },
  resource_schemas: {
    aws_box: {
      attributes: {
        id: { type: 'string', computed: true },
        name: { type: 'string', required: true },
        size: { type: 'number', optional: true },
        open: { type: 'bool', optional: true },
        tags: { type: ['map', 'string'], optional: true },
        names: { type: ['list', 'string'], optional: true },
        rules: {
          type: ['set', ['object', { port: 'number', note: 'string' }]],
          optional: true,
          computed: true,
        },
      },
      block_types: {
        disk: {
          nesting_mode: 'list',
          min_items: 1,
          max_items: 1,
          block: { attributes: { kind: { type: 'string', required: true } } },
        },
        timeouts: {
          nesting_mode: 'single',
          block: { attributes: { create: { type: 'string', optional: true } } },
        },
      },
    },
  },
  data_source_schemas: { aws_image: { attributes: { id: { type: 'string', computed: true } } } },
}
const box = { name: 'a', disk: [{ kind: 'ssd' }] }
/** Through JSON, as the engine reads it: what is undefined is not there. */
const problems = (changes: object, rest: object = {}): string[] => {
  const configuration = { resource: { aws_box: { main: { ...box, ...changes } } }, ...rest }
  return checkConfiguration(JSON.parse(JSON.stringify(configuration)), schema)
}

test('a configuration without a mistake has no problems', () => {
  const data = { aws_image: { newest: {} } }
  const whole = {
    size: 3,
    open: true,
    tags: { a: 'b' },
    names: ['x'],
    rules: [{ port: 1, note: null }],
    disk: { kind: 'ssd' },
    timeouts: { create: '5m' },
    '//': { metadata: {} },
    lifecycle: { ignore_changes: ['disk[0].kind', 'tags'] },
  }
  expect(problems(whole, { data, provider: { aws: [{ region: 'x' }] } })).toEqual([])
  expect(problems({ size: '${data.aws_image.newest.id}', names: ['${x}-${y}'] }, { data })).toEqual([])
})

describe('a configuration that the provider would refuse is found:', () => {
  test.each<[string, object, string]>([
    ['an unknown attribute', { nmae: 'a' }, 'aws_box.main.nmae: unknown attribute or block'],
    ['a missing attribute', { name: undefined }, 'aws_box.main.name: missing'],
    ['a required attribute that is null', { name: null }, 'aws_box.main.name: missing'],
    [
      'an attribute that is computed only',
      { id: 'x' },
      "aws_box.main.id: computed by the provider, can't be set",
    ],
    ['text for a number', { size: '3' }, 'aws_box.main.size: string instead of number'],
    ['a number for text', { name: 3 }, 'aws_box.main.name: number instead of string'],
    ['text for a boolean', { open: 'true' }, 'aws_box.main.open: string instead of bool'],
    ['two expressions for a number', { size: '${a}${b}' }, 'aws_box.main.size: string instead of number'],
    ['a template for a number', { size: '${a}0' }, 'aws_box.main.size: string instead of number'],
    ['a text for a list', { names: 'x' }, 'aws_box.main.names: string instead of list'],
    ['a wrong element', { names: ['x', 1] }, 'aws_box.main.names[1]: number instead of string'],
    ['a list for a map', { tags: ['x'] }, 'aws_box.main.tags: list instead of map'],
    ['a wrong value in a map', { tags: { a: 1 } }, 'aws_box.main.tags.a: number instead of string'],
    [
      'an object without all its fields',
      { rules: [{ port: 1 }] },
      'aws_box.main.rules[0].note: missing in an object, which needs every field',
    ],
    [
      'an object with another field',
      { rules: [{ port: 1, note: '', more: 1 }] },
      'aws_box.main.rules[0].more: unknown field of an object',
    ],
    ['an object for a set', { rules: { port: 1, note: '' } }, 'aws_box.main.rules: object instead of set'],
    ['too few blocks', { disk: [] }, 'aws_box.main.disk: 0 blocks'],
    ['no block', { disk: undefined }, 'aws_box.main.disk: 0 blocks'],
    ['too many blocks', { disk: [{ kind: 'a' }, { kind: 'b' }] }, 'aws_box.main.disk: 2 blocks'],
    ['a block without what it needs', { disk: [{}] }, 'aws_box.main.disk[0].kind: missing'],
    [
      'a block with something else',
      { disk: [{ kind: 'a', b: 1 }] },
      'aws_box.main.disk[0].b: unknown attribute or block',
    ],
    ['two of a single block', { timeouts: [{}, {}] }, 'aws_box.main.timeouts: 2 blocks'],
    [
      'a reference to nothing',
      { name: '${aws_box.other.name}' },
      'aws_box.other.name: refers to what is not there',
    ],
    [
      'a reference to no attribute',
      { name: '${aws_box.main.colour}' },
      'aws_box.main.colour: refers to an attribute that aws_box does not have',
    ],
    ['a dependency on nothing', { depends_on: ['aws_box.b'] }, 'aws_box.b: refers to what is not there'],
    [
      'an ignored attribute that is none',
      { lifecycle: { ignore_changes: ['colour'] } },
      'aws_box.main.lifecycle.ignore_changes: no attribute colour',
    ],
  ])('%s', (_title, changes, problem) => {
    expect(problems(changes)).toEqual([problem])
  })

  test('an unknown type, of a resource and of data', () => {
    expect(
      checkConfiguration({ resource: { aws_bx: { a: {} } }, data: { aws_im: { b: {} } } }, schema),
    ).toEqual(['aws_bx: unknown type', 'data.aws_im: unknown type'])
  })

  test('a mistake in the provider’s block', () => {
    expect(checkConfiguration({ provider: { aws: [{ regoin: 'x' }] } }, schema)).toEqual([
      'provider.aws[0].regoin: unknown attribute or block',
    ])
  })
})
