import { execFile, type ExecFileException } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { App } from 'cdktf/lib/app.js'
import { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { openStore } from '../../backend/open-store.js'
import { stateBackend } from '../../backend/state-backend.js'
import type { ObjectStore } from '../../backend/store.js'
import { explainEngineFailure } from '../../scripts/engine/failures.js'
import { parseEngineLine } from '../../scripts/engine/stream.js'
import { buildStateBlock } from '../../stacks/state-block.js'
import { labName } from '../support/backend/support.js'
import { useBucketServer } from '../support/backend/use-bucket.js'
import { bucketServers, withPrefix } from '../services/buckets.js'
import { obtained, programs } from '../services/programs.js'

interface Ran {
  readonly code: number
  readonly output: string
}

describe.each(bucketServers)('the state of a real OpenTofu on %s', (_name, start) => {
  const bucketOf = useBucketServer(start)
  let engine: string
  let folder: string
  let store: ObjectStore
  beforeAll(async () => {
    engine = await obtained(programs.tofu)
  })
  beforeEach(async () => {
    const location = withPrefix(bucketOf().location, randomUUID())
    store = await openStore(location)
    folder = await mkdtemp(join(tmpdir(), 'distrolab-state-'))
    const stack = new TerraformStack(new App({ stackTraces: false }), 'demo')
    buildStateBlock(stack, stateBackend(location, labName('demo')))
    stack.addOverride('resource.terraform_data.main', {
      provisioner: [{ 'local-exec': { command: 'while [ -e hold ]; do sleep 0.1; done' } }],
    })
    stack.prepareStack()
    await writeFile(join(folder, 'cdk.tf.json'), JSON.stringify(stack.toTerraform()))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const tofu = (...args: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      const env = { ...process.env, GOOGLE_OAUTH_ACCESS_TOKEN: 'of-tests', TF_IN_AUTOMATION: '1' }
      execFile(
        engine,
        [...args, '-no-color', '-input=false'],
        { cwd: folder, env },
        (error, stdout, stderr) => {
          resolve({ code: exitCodeOf(error), output: stdout + stderr })
        },
      )
    })

  const waitForLock = async (): Promise<void> => {
    for (let looks = 0; looks < 400; looks++) {
      if ((await store.list('labs/demo/')).some((key) => key.endsWith('.tflock'))) return
      await sleep(50)
    }
    throw new Error('OpenTofu has written no lock')
  }

  test('is kept in the lab, and refused to a second engine while the first one holds its lock', async () => {
    expect(await tofu('init')).toMatchObject({ code: 0 })
    expect(await tofu('apply', '-auto-approve')).toMatchObject({ code: 0 })
    await writeFile(join(folder, 'hold'), '')
    const first = tofu('apply', '-auto-approve', '-replace=terraform_data.main')
    await waitForLock()
    const second = await tofu('apply', '-auto-approve', '-json')
    expect(second.code).toBe(1)
    const diagnostics = second.output.split('\n').flatMap((line) => {
      const event = parseEngineLine(line)
      return event?.type === 'diagnostic' ? [event.diagnostic] : []
    })
    const who = `${userInfo().username}@${hostname()}`
    expect(explainEngineFailure({ operation: 'apply', engine, folder }, diagnostics, '')).toMatchObject({
      code: 'engine-locked',
      lockId: expect.stringMatching(/^[0-9a-f-]{16,36}$/),
      who,
    })
    await rm(join(folder, 'hold'))
    expect(await first).toMatchObject({ code: 0 })
    const key =
      bucketOf().location.kind === 's3' ? 'labs/demo/tofu.tfstate' : 'labs/demo/tofu/default.tfstate'
    expect(await store.list('labs/demo/')).toEqual([key])
    expect(await tofu('plan', '-detailed-exitcode')).toMatchObject({ code: 0 })
    expect(await tofu('destroy', '-auto-approve')).toMatchObject({ code: 0 })
  }, 90_000)
})

const exitCodeOf = (error: ExecFileException | null): number =>
  error === null ? 0 : typeof error.code === 'number' ? error.code : -1
