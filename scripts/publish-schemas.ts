import * as backend from '../backend/schema.js'
import * as catalog from '../distro-catalog/schema.js'
import * as driver from '../local-vm/schema.js'
import * as scripts from './schema.js'

// A program of its own (`npm run schemas`): run it after a change of a definition, and commit what it wrote.
for (const room of [catalog, backend, driver, scripts]) await room.writePublishedSchemas()
