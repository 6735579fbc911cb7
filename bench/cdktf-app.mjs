// The app that `cdktf deploy` runs in the benchmark: the very stack that distrolab synthesised.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const require = createRequire(join(process.env.DISTROLAB_ROOT, 'package.json'))
const { App, TerraformStack } = require('cdktf')
const synthesised = JSON.parse(readFileSync('synthesised/cdk.tf.json', 'utf8'))

const app = new App()
const stack = new TerraformStack(app, 'debian-local')
for (const block of ['terraform', 'resource', 'output']) stack.addOverride(block, synthesised[block])
app.synth()
