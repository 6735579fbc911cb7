import { publishedSchemas } from '../../local-vm/schema.js'
import { pinPublishedSchemas } from '../published-schemas.js'

pinPublishedSchemas(new URL('../../../local-vm/schema/', import.meta.url), publishedSchemas())
