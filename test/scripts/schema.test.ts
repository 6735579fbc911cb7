import { publishedSchemas } from '../../scripts/schema.js'
import { pinPublishedSchemas } from '../published-schemas.js'

pinPublishedSchemas(new URL('../../../scripts/schema/', import.meta.url), publishedSchemas())
