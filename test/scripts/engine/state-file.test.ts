import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { tofuStateKey } from '../../../backend/keys.js'
import { directoryLocation, objectPlace } from '../../../backend/location.js'
import { engineProviders } from '../../../stacks/registry.js'
import { readEngineFiles, type EngineFiles } from '../../../scripts/engine/state-file.js'
import { labName, storeIn } from '../../support/backend/support.js'
import { temporaryFolder } from '../../support/cli/support.js'

const lab = labName('demo')
const provider = engineProviders.local
const resources = [
  {
    mode: 'managed',
    type: 'terraform_data',
    name: 'main',
    provider: `provider["${provider.source}"]`,
    instances: [{}],
  },
]
const whole = JSON.stringify({ version: 4, resources })

/** In a home whose state of the lab is this. */
async function withState(text: string): Promise<{ place: string; read: () => Promise<EngineFiles> }> {
  const home = join(temporaryFolder(), 'home')
  const location = directoryLocation(home)
  const place = objectPlace(location, tofuStateKey(lab))
  await mkdir(dirname(place), { recursive: true })
  await writeFile(place, text)
  const store = await storeIn(home)
  return { place, read: () => readEngineFiles(store, location, lab, provider) }
}

test('a state that is being written is read when it is whole', async () => {
  const { place, read } = await withState(whole.slice(0, 20))
  const reading = read()
  await sleep(100)
  await writeFile(place, whole)
  expect((await reading).state).toEqual({ kind: 'readable', resources: ['terraform_data.main'] })
})

test('one that stays cut short can not be read', async () => {
  const { place, read } = await withState(whole.slice(0, 20))
  expect((await read()).state).toMatchObject({ kind: 'unreadable', place })
})
