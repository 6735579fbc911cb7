import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, jest, test } from '@jest/globals'
import { CLI, waitUntil } from '../../stand-in/lab-cli.js'
import { signalIfAlive } from '../../stand-in/processes.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()

/** What GitHub's runner, Jenkins and GitLab find a job's processes by, or give them as secrets. */
const job = {
  RUNNER_TRACKING_ID: 'github_planted-job',
  BUILD_ID: 'planted-job-4711',
  JENKINS_NODE_COOKIE: 'planted-job-cookie',
  CI_JOB_TOKEN: 'planted-job-token',
  AWS_SECRET_ACCESS_KEY: 'planted-job-key',
  OUR_DATABASE: 'postgres://anna:planted-job-word@db/labs',
  HTTPS_PROXY: 'http://anna:planted-job-proxy@127.0.0.1:9',
} as const

const environmentOf = (pid: number | string): string => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}

/** A step of a job: a process group of its own that has all that the job has. */
async function inJob(box: Sandbox, ...words: string[]): Promise<number> {
  const child = spawn(process.execPath, [CLI, ...words], {
    env: { ...box.env, ...job },
    cwd: '/',
    detached: true,
    stdio: 'ignore',
  })
  expect(await once(child, 'close')).toEqual([0, null])
  return child.pid ?? -1
}

/** What a CI service does when a job is over. */
function endJob(groups: readonly number[]): void {
  for (const group of groups) signalIfAlive(-group, 'SIGKILL')
  const marks = [job.RUNNER_TRACKING_ID, job.BUILD_ID, job.JENKINS_NODE_COOKIE]
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  for (const pid of pids)
    if (marks.some((mark) => environmentOf(pid).includes(mark))) signalIfAlive(Number(pid), 'SIGKILL')
}

test('a lab outlives the job that made it, and keeps nothing that the job was given', async () => {
  const box = await makeSandbox()
  const groups = [await inJob(box, 'up', '--profile', LAB)]
  const roles = (): string[] => box.processes().map(({ role }) => role)
  expect(roles().sort()).toEqual(['machine', 'watchdog'])
  for (const { pid } of box.processes()) expect(environmentOf(pid)).not.toContain('planted-job')

  // It starts both again, and in the command's own process.
  for (const { pid } of box.processes('watchdog')) await box.kill(pid)
  groups.push(await inJob(box, 'reset', LAB))
  expect(roles().sort()).toEqual(['machine', 'watchdog'])
  for (const { pid } of box.processes()) expect(environmentOf(pid)).not.toContain('planted-job')

  endJob(groups)
  expect((await box.ok('exec', LAB, '--', 'echo', 'here')).stdout).toBe('here\n')
  expect(roles().sort()).toEqual(['machine', 'watchdog'])
})

test('the driver that OpenTofu starts for a lab of this computer has none of its secrets', async () => {
  const box = await makeSandbox()
  await box.knobs({ holdStart: true })
  const up = box.start(['up', '--profile', LAB], { env: job })
  await waitUntil('a driver that starts QEMU', () => box.processes('machine').length > 0)
  const told = box.processes().filter(({ role }) => role === 'engine' || role === 'driver')
  expect(told.map(({ role }) => role).sort()).toEqual(['driver', 'engine'])
  for (const { pid } of told) {
    expect(environmentOf(pid)).not.toContain(job.CI_JOB_TOKEN)
    expect(environmentOf(pid)).not.toContain(job.AWS_SECRET_ACCESS_KEY)
  }
  await box.knobs({})
  expect((await up.done).code).toBe(0)
})
