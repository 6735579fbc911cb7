import { publishedSchemas } from '../../../../stacks/local/driver/schema.js'
import { pinPublishedSchemas } from '../../../published-schemas.js'

pinPublishedSchemas(
  new URL('../../../../../stacks/local/driver/schema/', import.meta.url),
  publishedSchemas(),
)
