import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Row } from './cases.js'
import type { BenchUser } from './lab.js'
import { median, quietly, timeOf } from './measure.js'

const LAB = 'bench-warm'
const PROFILE = 'debian-13-local'
const ROUNDS = 3
const MORE = 4

/** Cold, warm, reset and swap, each against a bare `ssh … true` to the same machine in the same minutes. */
export async function warmAgainstCold(user: BenchUser): Promise<Row[]> {
  const cold = await timeOf(() => user.distrolab('up', LAB, '--profile', PROFILE, '--cold'))
  await user.distrolab('down', LAB)
  await user.distrolab('images', 'warm', 'debian-13', 'debian-12')
  const warm: number[] = []
  const swapped: number[] = []
  const resets: number[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    warm.push(await timeOf(() => user.distrolab('up', LAB, '--profile', PROFILE)))
    resets.push(await timeOf(() => user.distrolab('reset', LAB)))
    const [program = 'ssh', ...args] = await sshOf(user)
    bare.push(await timeOf(() => quietly(program, [...args, 'true'])))
    swapped.push(await timeOf(() => user.distrolab('swap', LAB, 'debian-12')))
    await user.distrolab('down', LAB)
  }
  const theirs = median(bare)
  const ratio = (what: string, times: readonly number[], limit: number): Row => ({
    what,
    value: median(times) / theirs,
    unit: 'times',
    limit,
    promise: 'at most',
    sides: { ours: median(times), theirs },
  })
  return [
    {
      what: 'cold up / warm up',
      value: cold / median(warm),
      unit: 'times',
      limit: 8,
      promise: 'at least',
      sides: { ours: median(warm), theirs: cold },
    },
    ratio('warm up / ssh … true', warm, 5),
    ratio('warm swap / ssh … true', swapped, 5),
    ratio('reset / ssh … true', resets, 5),
  ]
}

async function sshOf(user: BenchUser): Promise<string[]> {
  const view = JSON.parse(await user.distrolab('up', LAB, '-o', 'json')) as {
    readonly machines: readonly { readonly ssh: string }[]
  }
  return (view.machines[0]?.ssh ?? '').split(' ')
}

/** What each of several warm labs takes for itself, right after `up`. Needs the warm image that `warmAgainstCold` made. */
export async function costOfMore(user: BenchUser): Promise<Row[]> {
  const names = Array.from({ length: MORE }, (_name, n) => `${LAB}-${n}`)
  for (const name of names) await user.distrolab('up', name, '--profile', PROFILE)
  const machines = join(user.env['DISTROLAB_HOME'] ?? '', 'machines')
  const [backend = ''] = await readdir(machines)
  const folders = names.map((name) => join(machines, backend, name, 'main'))
  const memory = await Promise.all(folders.map(ownMemory))
  const disk = await Promise.all(
    folders.map(async (folder) => (await stat(join(folder, 'overlay.qcow2'))).blocks * 512),
  )
  for (const name of names) await user.distrolab('down', name)
  const row = (what: string, values: readonly number[], limit: number): Row => ({
    what,
    value: median(values) / 1024 ** 2,
    unit: 'MiB',
    limit,
    promise: 'at most',
  })
  return [row('memory of one more warm lab', memory, 400), row('disk of one more warm lab', disk, 50)]
}

/** Of its QEMU, without what it shares or could read again from the warm image. In bytes; smaps_rollup, proc(5). */
async function ownMemory(folder: string): Promise<number> {
  const pid = (await readFile(join(folder, 'qemu.pid'), 'utf8')).trim()
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kibibytes = [...text.matchAll(/^Private_Dirty:\s+(\d+) kB$/gm)].map((match) => Number(match[1]))
  return kibibytes.reduce((sum, value) => sum + value, 0) * 1024
}
