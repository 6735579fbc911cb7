/**
 * What the stacks use of CDKTF. Its modules import each other in circles and can be loaded in this order, but not in
 * each: one that is loaded first extends a class that is not there yet. So nobody else imports its values.
 */
export { App } from 'cdktf/lib/app.js'
export { TerraformStack } from 'cdktf/lib/terraform-stack.js'
export { TerraformOutput } from 'cdktf/lib/terraform-output.js'
export { DataResource } from 'cdktf/lib/terraform-data-resource.js'
export { GcsBackend } from 'cdktf/lib/backends/gcs-backend.js'
export { LocalBackend } from 'cdktf/lib/backends/local-backend.js'
export { S3Backend } from 'cdktf/lib/backends/s3-backend.js'
