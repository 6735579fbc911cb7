import * as backend from '../backend/schema.js'
import * as catalog from '../distro-catalog/schema.js'
import * as driver from '../local-vm/schema.js'
import * as scripts from './schema.js'

// A separate program (`npm run schemas`): run it after changing a definition, and commit its output.
for (const room of [catalog, backend, driver, scripts]) await room.writePublishedSchemas()
