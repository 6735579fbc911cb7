import { readFileSync } from 'node:fs'
import { App } from 'cdktf/lib/app.js'
import { TerraformStack } from 'cdktf/lib/terraform-stack.js'

/** The app that `cdktf deploy` runs in the benchmark: the very stack that distrolab synthesised, block by block. */
const synthesised = JSON.parse(readFileSync('synthesised/cdk.tf.json', 'utf8')) as Record<string, unknown>
const app = new App()
const stack = new TerraformStack(app, 'debian-local')
for (const block of ['terraform', 'resource', 'output']) stack.addOverride(block, synthesised[block])
app.synth()
