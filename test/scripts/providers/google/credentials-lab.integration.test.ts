import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { GoogleCloud } from '../../../stand-in/google/google-cloud.js'
import type { CliRun } from '../../../stand-in/lab-cli.js'
import { useSandboxes } from '../../../stand-in/sandbox.js'
import { useCloud } from '../../../stand-in/use-cloud.js'
import '../../../support/cli/support.js'

const makeSandbox = useSandboxes()
const cloud = await useCloud(GoogleCloud.start())

/** Of an `up` that must leave nothing behind. */
async function refusedUp(env: Readonly<Record<string, string>>): Promise<CliRun> {
  const box = await makeSandbox()
  const run = await box.run(['up', '--profile', 'fedora-google'], { env })
  expect(await box.files()).toEqual([])
  expect(cloud.asked('compute.instances.create')).toBe(0)
  return run
}

describe('up on Google Cloud', () => {
  test('with an expired token says so before anything is made or recorded', async () => {
    const run = await refusedUp({ ...cloud.env, GOOGLE_OAUTH_ACCESS_TOKEN: 'of-yesterday' })
    expect(run.code).toBe(7)
    expect(run.stderr).toContain('invalid authentication credentials')
    expect(run.stderr).toContain('gcloud auth application-default login')
  })

  test('without a project names the line that names one', async () => {
    const run = await refusedUp({ ...cloud.env, GOOGLE_PROJECT: '' })
    expect(run.code).toBe(7)
    expect(run.stderr).toContain('export GOOGLE_PROJECT=')
  })

  test('in a project that is not there says so', async () => {
    const run = await refusedUp({ ...cloud.env, GOOGLE_PROJECT: 'nowhere' })
    expect(run.code).toBe(7)
    expect(run.stderr).toContain('Google Cloud has no project "nowhere"')
    expect(run.stderr).toContain('export GOOGLE_PROJECT=')
  })

  test('where the API is off gives the very line that switches it on', async () => {
    const message =
      'Compute Engine API has not been used in project 4711 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project=4711 then retry.'
    cloud.refuse('compute.projects.get', 403, message, 'accessNotConfigured')
    const run = await refusedUp(cloud.env)
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('gcloud services enable compute.googleapis.com --project 4711')
  })

  test('without the right to see the project says which right that is', async () => {
    const missing = "Required 'compute.projects.get' permission for 'projects/tests'"
    cloud.refuse('compute.projects.get', 403, missing, 'forbidden')
    const run = await refusedUp(cloud.env)
    expect(run.code).toBe(1)
    expect(run.stderr).toContain(missing)
    expect(run.stderr).toContain('distrolab docs google')
  })

  test('where Google is out of reach says that', async () => {
    const endpoint = 'http://127.0.0.1:9/compute/v1/'
    const run = await refusedUp({ ...cloud.env, GOOGLE_COMPUTE_CUSTOM_ENDPOINT: endpoint })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('Google Cloud cannot be reached')
    expect(run.stderr).toContain('ECONNREFUSED 127.0.0.1:9')
  })

  test('where Google is silent gives up', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const run = await refusedUp({
      ...cloud.env,
      GOOGLE_COMPUTE_CUSTOM_ENDPOINT: `http://127.0.0.1:${port}/v1/`,
    })
    server.closeAllConnections()
    server.close()
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('Google Cloud cannot be reached')
  })

  test('for a distro whose family is gone says what it looked for', async () => {
    const box = await makeSandbox()
    cloud.refuse('compute.images.getFromFamily', 404, 'The resource was not found', 'notFound')
    const args = [
      'up',
      '--profile',
      'fedora-google',
      '--region',
      'europe-west1',
      '--allow-from',
      '203.0.113.7',
    ]
    const run = await box.run(args, { env: cloud.env })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('nothing matches the family fedora-cloud-44-x86-64 of fedora-cloud')
  })
})
