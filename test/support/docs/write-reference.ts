import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { referenceFolder, referencePages } from './reference/pages.js'

// A program of its own (`npm run docs:reference`): run it after a change of a verb, key, variable or error, and commit
// what it wrote.
await mkdir(referenceFolder, { recursive: true })
for (const [file, text] of Object.entries(await referencePages()))
  await writeFile(join(referenceFolder, file), text)
