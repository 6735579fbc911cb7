import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parseBackendUrl } from '../../../backend/location.js'
import { labsInFolder, labsOfBucket, writeBucketLabs } from '../../../scripts/completion/lab-list.js'
import { temporaryFolder } from '../../support/cli/support.js'

const record = (lab: string, state = 'ready') => ({
  lab,
  state,
  profile: 'debian-local',
  machines: [{ name: 'main', port: 22 }],
})

function put(root: string, folder: string, text: string): void {
  mkdirSync(join(root, 'labs', folder), { recursive: true })
  writeFileSync(join(root, 'labs', folder, 'record.json'), text)
}

describe('the labs of a folder', () => {
  test('are read from their records, those that can be meant', () => {
    const root = temporaryFolder()
    for (const name of ['web', 'web-2', 'other']) put(root, name, JSON.stringify(record(name)))
    expect(labsInFolder(root, 'we', 'living').map(({ lab }) => lab)).toEqual(['web', 'web-2'])
    expect(labsInFolder(root, 'o', 'living')).toEqual([
      { lab: 'other', state: 'ready', profile: 'debian-local', machines: ['main'] },
    ])
  })

  test('are read by their index alone where it is complete, unless destroyed ones are meant too', () => {
    const root = temporaryFolder()
    for (const name of ['web', 'dead']) put(root, name, JSON.stringify(record(name)))
    const living = join(root, 'labs/_living')
    mkdirSync(living)
    for (const mark of ['web.0a', 'web.0b', 'missing.0c', '$(id).0d']) writeFileSync(join(living, mark), '')
    const namesOf = (which: 'living' | 'all') =>
      labsInFolder(root, '', which)
        .map(({ lab }) => lab)
        .sort()
    expect(namesOf('living')).toEqual(['dead', 'web'])
    writeFileSync(join(living, '_complete'), '')
    expect(namesOf('living')).toEqual(['web'])
    expect(namesOf('all')).toEqual(['dead', 'web'])
  })

  test('are not hidden by folders and records that are none', () => {
    const root = temporaryFolder()
    put(root, 'web', JSON.stringify(record('web')))
    put(root, 'broken', '{')
    put(root, 'stolen', JSON.stringify(record('web')))
    put(root, 'list', '[]')
    for (const odd of ['a;b', '$(id)', "it's", '_clock']) put(root, odd, JSON.stringify(record(odd)))
    mkdirSync(join(root, 'labs', 'empty'))
    writeFileSync(join(root, 'labs', 'file'), '')
    expect(labsInFolder(root, '', 'living').map(({ lab }) => lab)).toEqual(['web'])
  })

  test('are none where there is no folder yet', () => {
    expect(labsInFolder(join(temporaryFolder(), 'missing'), '', 'living')).toEqual([])
  })
})

describe('the labs of a bucket', () => {
  const location = parseBackendUrl('s3://bucket/prefix?region=eu-west-1')

  test('are what was listed last; an old list is asked for once, and offered meanwhile', async () => {
    const cache = temporaryFolder()
    let asked = 0
    const ask = async (): Promise<void> => void asked++
    const at = async (seconds: number) =>
      (await labsOfBucket(cache, location, seconds * 1000, ask)).map(({ lab }) => lab)

    expect([await at(1000), asked]).toEqual([[], 1])
    expect([await at(1001), asked]).toEqual([[], 1])
    await writeBucketLabs(cache, location, 1002_000, [record('web'), { lab: '$(id)' }, 7])
    expect([await at(1003), asked]).toEqual([['web'], 1])
    expect([await at(1100), asked]).toEqual([['web'], 2])
    expect([await at(1101), asked]).toEqual([['web'], 2])
  })
})
