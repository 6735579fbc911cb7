import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { configSchema } from '../../scripts/config-schema.js'
import { parseConfig } from '../../scripts/config-parse.js'
import type { SchemaNode } from '../support/docs/reference/config-page.js'

type Described = SchemaNode & { readonly expected?: string }

/** Every node below `node` that is the value of a key, by its path. */
function nodesBelow(node: Described, path: string): [string, Described][] {
  const children = [
    ...Object.entries(node.properties ?? {}).map(([key, child]) => [`${path}${key}`, child] as const),
    ...Object.values(node.patternProperties ?? {})
      .filter((child) => child.properties !== undefined)
      .map((child) => [`${path}*`, child] as const),
    ...(node.items === undefined ? [] : [[`${path}[]`, node.items] as const]),
  ]
  return children.flatMap(([at, child]) => [[at, child], ...nodesBelow(child, `${at}.`)])
}

const nodes = nodesBelow(configSchema as SchemaNode, '')
const ajv = new Ajv({ strict: false })

describe('for editors', () => {
  test.each(nodes)('%s has a title and a description of whole sentences', (_path, { title, description }) => {
    expect(title).toMatch(/^[A-Z]/)
    expect(description).toMatch(/^(`[\w-]+`|[A-Z]).*\.$/)
  })

  test.each(nodes)('the default and the examples of %s are values that it accepts', (_path, node) => {
    const values = [...(node.default === undefined ? [] : [node.default]), ...(node.examples ?? [])]
    for (const value of values) expect([value, ajv.validate(node, value)]).toEqual([value, true])
  })
})

test.each(['wait: later\n', 'onFailure: remove\n', 'arch: mips\n', 'wait: 3\n'])(
  'a value outside a fixed list is one mistake of the file: %s',
  (text) => {
    expect(parseConfig('/f.yaml', text).problems).toHaveLength(1)
  },
)
