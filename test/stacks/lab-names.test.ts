import { beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { isLabName } from '../../backend/lab-name.js'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { loadCatalog } from '../../distro-catalog/load.js'
import { cloudNames } from '../../distro-catalog/provider-names.js'
import { synthesiseLab } from '../../stacks/app.js'
import { buildSeed } from '../../stacks/cloud-init.js'
import { machineFiles } from '../../local-vm/files.js'
import { specialNames } from '../stand-in/special-names.js'
import { cloudSpecOf, readProviderSchema } from '../support/stacks/cloud-labs.js'
import { labSpec } from '../support/stacks/lab-plan.js'
import { checkConfiguration, type ProviderSchema } from '../support/stacks/schema-check.js'

test('each of the special names is one that a lab may have', () => {
  expect(specialNames.filter((name) => !isLabName(name))).toEqual([])
})

describe.each(cloudNames)('on %s', (provider) => {
  let catalog: Catalog
  let schema: ProviderSchema
  beforeAll(async () => {
    catalog = await loadCatalog()
    schema = await readProviderSchema(provider)
  })

  test.each(specialNames)('a lab called %s is drawn as any other', async (lab) => {
    const text = await synthesiseLab(cloudSpecOf(catalog, { distro: 'debian', provider }, { lab }))
    expect(checkConfiguration(JSON.parse(text), schema)).toEqual([])
    expect(text).toContain(`-${lab}`)
  })
})

describe('on this computer', () => {
  test.each(specialNames)('a lab called %s is drawn as any other', async (lab) => {
    const { resource } = JSON.parse(await synthesiseLab(labSpec({ lab }))) as { resource: object }
    const usual = JSON.parse(await synthesiseLab(labSpec({ lab: 'usual-name' }))) as { resource: object }
    expect(Object.keys(resource)).toEqual(Object.keys(usual.resource))
    expect(JSON.stringify(resource)).toContain(`distrolab-0a1b2c3d-${lab}-main`)
  })

  test.each(specialNames)(
    'the host of a lab called %s has that very name in YAML of either version',
    (lab) => {
      const { metaData } = buildSeed({
        instanceId: '1',
        hostname: lab,
        user: 'debian',
        authorizedKeys: [],
        macAddress: '52:54:00:00:00:01',
      })
      for (const version of ['1.1', '1.2'] as const)
        expect(parse(metaData, { version })).toMatchObject({ 'local-hostname': lab })
    },
  )

  test.each(specialNames)('the folder of a lab called %s is below the one of all machines', (lab) => {
    const files = machineFiles('distrolab-1-main', `/home/anna/machines/0a1b2c3d/${lab}/main`)
    expect(files.machines).toBe('/home/anna/machines')
  })
})
