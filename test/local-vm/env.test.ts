import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { hiddenFromDriver } from '../../scripts/env.js'
import { stayingVariables, workingVariables } from '../../local-vm/env.js'

const around = {
  PATH: '/usr/bin',
  HOME: '/home/anna',
  LC_ALL: 'C.UTF-8',
  https_proxy: 'http://anna:secret@proxy:3128',
  NODE_EXTRA_CA_CERTS: '/etc/ours.pem',
  DISTROLAB_QEMU: '/opt/qemu',
  DISTROLAB_PROFILE: 'debian-local',
  GITHUB_TOKEN: 'secret',
  RUNNER_TRACKING_ID: 'job',
  DATABASE_URL: 'postgres://anna:secret@db',
}
const before = process.env
beforeEach(() => void (process.env = { ...around }))
afterEach(() => void (process.env = before))

describe('of the environment', () => {
  test('what stays gets what it needs to run, and nothing that may hold a secret', () => {
    expect(stayingVariables()).toEqual({ PATH: '/usr/bin', HOME: '/home/anna', LC_ALL: 'C.UTF-8' })
  })

  test('a tool that is waited for also gets what downloads need', () => {
    const { DISTROLAB_PROFILE, GITHUB_TOKEN, RUNNER_TRACKING_ID, DATABASE_URL, ...rest } = around
    expect(workingVariables()).toEqual(rest)
    expect(hiddenFromDriver()).toEqual(
      Object.fromEntries(
        Object.keys({ DISTROLAB_PROFILE, GITHUB_TOKEN, RUNNER_TRACKING_ID, DATABASE_URL }).map((name) => [
          name,
          undefined,
        ]),
      ),
    )
  })
})
