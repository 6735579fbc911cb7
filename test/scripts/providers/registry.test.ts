import { describe, expect, test } from '@jest/globals'
import { providerNames } from '../../../distro-catalog/provider-names.js'
import type { StepControl } from '../../../scripts/providers/provider.js'
import { isSupported, providerOf, runsHere } from '../../../scripts/providers/registry.js'
import { isCloudName } from '../../../scripts/providers/clouds.js'
import { local } from '../../../scripts/providers/local/provider.js'
import type { LocalLabSpec } from '../../../stacks/local/spec.js'
import { faultOf } from '../../support/cli/support.js'

const step: StepControl = { signal: new AbortController().signal, detail: () => undefined }

describe.each(providerNames)('%s', (name) => {
  test('is supported, and has what its place in the registry says', async () => {
    const provider = await providerOf(name)
    expect(isSupported(name)).toBe(true)
    expect(runsHere(name)).toBe(provider.here !== undefined)
  })

  test('opens SSH and owns marked objects only as a cloud', async () => {
    const provider = await providerOf(name)
    for (const capability of ['networks', 'objects', 'account'])
      expect([capability, capability in provider]).toEqual([capability, isCloudName(name)])
  })
})

test.each(['dreamcloud', 'constructor', ''])('no code is loaded for "%s"', async (name) => {
  expect(isSupported(name)).toBe(false)
  expect(runsHere(name)).toBe(false)
  expect(await faultOf(() => providerOf(name))).toMatchObject({ code: 'usage' })
})

test('a machine that is not in the spec is neither started nor reset in silence', async () => {
  const spec = { provider: 'local', machines: [] } as unknown as LocalLabSpec
  const { baseline } = local
  if (baseline.kind !== 'snapshot') throw new TypeError('local keeps snapshots')
  await expect(baseline.restore(spec, ['main'], step)).rejects.toThrow('no machine main')
  await expect(local.start(spec, 'main', step)).rejects.toThrow('no machine main')
})
