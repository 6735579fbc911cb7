import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { faultOf, storeIn, temporaryFolder } from '../support/backend/support.js'

test('a pipe in the place of an object is not waited for', async () => {
  const root = await temporaryFolder()
  await mkdir(join(root, 'labs/demo'), { recursive: true })
  const place = join(root, 'labs/demo/record.json')
  await promisify(execFile)('mkfifo', [place])
  const store = await storeIn(root)
  const refusal = { code: 'file-refused', place, found: 'special' }
  expect(await faultOf(store.get('labs/demo/record.json'))).toEqual(refusal)
  expect(await faultOf(store.create('labs/demo/record.json', 'x'))).toEqual(refusal)
})
