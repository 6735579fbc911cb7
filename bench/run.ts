import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { renderTable } from '../scripts/report/table.js'
import { againstCdktf, firstUps, overhead, reconnect, startUp, type Row } from './cases.js'
import { newUser, projectRoot } from './lab.js'
import { listOfMany } from './scale.js'
import { plansInParallel, synthOfOne } from './plan.js'
import { cleanupAgainstDown, resetToSsh, swapAgainstUp } from './life.js'
import { costOfMore, warmAgainstCold } from './warm.js'

/** Runs every case as one separate user, prints the table and writes it as JSON. */
const user = await newUser()
const rows: Row[] = []
const show = async (cases: Promise<Row[]>): Promise<void> => {
  for (const row of await cases) {
    rows.push(row)
    process.stderr.write(`${row.what}: ${format(row.value, row.unit)}\n`)
  }
}

try {
  await show(firstUps(user))
  await show(reconnect(user))
  await user.distrolab('down', 'debian-local')
  await show(startUp(user))
  await show(synthOfOne(user))
  await show(plansInParallel(user))
  await show(listOfMany(user))
  await show(overhead(user))
  await show(againstCdktf(user))
  await show(resetToSsh(user))
  await show(swapAgainstUp(user))
  await show(cleanupAgainstDown(user))
  await show(warmAgainstCold(user))
  await show(costOfMore(user))
} finally {
  await user.distrolab('cleanup', '--yes').catch(() => undefined)
  await user.remove()
}

const shown = rows.map((row) => [
  row.what,
  format(row.value, row.unit),
  `${row.promise} ${format(row.limit, row.unit)}`,
  isKept(row) ? 'kept' : 'MISSED',
  row.sides === undefined ? '' : `${Math.round(row.sides.ours)} ms / ${Math.round(row.sides.theirs)} ms`,
])
process.stdout.write(`${renderTable(['what', 'measured', 'promise', '', 'ours / theirs'], shown)}\n`)
const folder = join(projectRoot, 'bench/results')
await mkdir(folder, { recursive: true })
const result = { at: new Date().toISOString(), node: process.version, cores: availableParallelism(), rows }
await writeFile(join(folder, 'latest.json'), `${JSON.stringify(result, null, 2)}\n`)

function format(value: number, unit: Row['unit']): string {
  return unit === 's' ? `${value.toFixed(2)} s` : `${value.toFixed(unit === 'MiB' ? 0 : 1)} ${unit}`
}

function isKept({ value, limit, promise }: Row): boolean {
  return promise === 'at most' ? value <= limit : value >= limit
}
