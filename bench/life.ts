import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { QmpSession } from '../local-vm/qemu/qmp.js'
import type { Row } from './cases.js'
import { cli, type BenchUser } from './lab.js'
import { median, timeOf } from './measure.js'

const LAB = 'bench-life'

/**
 * SSH works before the command ends: the command then proves that the machine came back, and sets its clock.
 */
export async function resetToSsh(user: BenchUser): Promise<Row[]> {
  await user.distrolab('up', LAB, '--profile', 'debian-13-local')
  const toSsh: number[] = []
  const whole: number[] = []
  for (let round = 0; round < 5; round++) {
    const started = performance.now()
    const child = execa('node', [cli, 'reset', LAB], { env: user.env, stdin: 'ignore' })
    for await (const line of child.iterable({ from: 'stderr' }))
      if (line.includes('wait-ssh done')) toSsh.push(performance.now() - started)
    await child
    whole.push(performance.now() - started)
  }
  await user.distrolab('down', LAB)
  const row = (what: string, times: readonly number[], limit: number): Row => ({
    what,
    value: median(times) / 1000,
    unit: 's',
    limit,
    promise: 'at most',
  })
  return [row('reset to a working SSH', toSsh, 3), row('reset, proved and with its clock set', whole, 4)]
}

/** To the same distro from the same image, once as a new lab and once as a replacement. */
export async function swapAgainstUp(user: BenchUser): Promise<Row[]> {
  await user.distrolab('up', LAB, '--profile', 'debian-12-local', '--wait', 'none')
  await user.distrolab('down', LAB)
  const theirs = await timeOf(() => user.distrolab('up', LAB, '--profile', 'debian-12-local'))
  await user.distrolab('down', LAB)
  await user.distrolab('up', LAB, '--profile', 'debian-13-local')
  const ours = await timeOf(() => user.distrolab('swap', LAB, 'debian-12'))
  await user.distrolab('down', LAB)
  return [
    {
      what: 'swap between cached images / cold up',
      value: ours / theirs,
      unit: 'times',
      limit: 1.1,
      promise: 'at most',
      sides: { ours, theirs },
    },
  ]
}

const LABS = 20
const DOWNS = 3
const ROUNDS = 3

/** With paused VMs: twenty booting ones would take the processors from both sides. */
export async function cleanupAgainstDown(user: BenchUser): Promise<Row[]> {
  const names = Array.from({ length: LABS + DOWNS }, (_name, n) => `bench-${n}`)
  const downs: number[] = []
  const cleanups: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      await user.distrolab('up', name, '--profile', 'debian-13-local', '--wait', 'none')
      await pause(user, name)
    }
    for (const name of names.slice(0, DOWNS)) downs.push(await timeOf(() => user.distrolab('down', name)))
    cleanups.push(await timeOf(() => user.distrolab('cleanup', '--yes')))
  }
  const ours = median(cleanups)
  const theirs = median(downs)
  return [
    {
      what: `cleanup of ${LABS} labs / one down`,
      value: ours / theirs,
      unit: 'times',
      limit: 3,
      promise: 'at most',
      sides: { ours, theirs },
    },
  ]
}

/** With QEMU's own command: it still answers a request to end. */
async function pause(user: BenchUser, lab: string): Promise<void> {
  const machines = join(user.env['DISTROLAB_HOME'] ?? '', 'machines')
  const [backend = ''] = await readdir(machines)
  await QmpSession.with(join(machines, backend, lab, 'main'), (session) => session.execute('stop'))
}
