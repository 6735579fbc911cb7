/**
 * Everything that the stacks use of CDKTF. Its modules import each other in circles and load in this order,
 * but not in every order: a module that loads first extends a class that does not exist yet. So no other file
 * imports its values.
 */
export { App } from 'cdktf/lib/app.js'
export { TerraformStack } from 'cdktf/lib/terraform-stack.js'
export { TerraformOutput } from 'cdktf/lib/terraform-output.js'
export { DataResource } from 'cdktf/lib/terraform-data-resource.js'
export { GcsBackend } from 'cdktf/lib/backends/gcs-backend.js'
export { LocalBackend } from 'cdktf/lib/backends/local-backend.js'
export { S3Backend } from 'cdktf/lib/backends/s3-backend.js'
