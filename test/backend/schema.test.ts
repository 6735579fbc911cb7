import { publishedSchemas } from '../../backend/schema.js'
import { pinPublishedSchemas } from '../published-schemas.js'

pinPublishedSchemas(new URL('../../../backend/schema/', import.meta.url), publishedSchemas())
