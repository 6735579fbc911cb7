import type { Row } from './cases.js'
import type { BenchUser } from './lab.js'
import { median, sideBySide, timeOf } from './measure.js'

const SYNTHS = [
  ['debian-local', []],
  ['debian-aws', ['--allow-from', '203.0.113.7']],
] as const

/** From the command line to the complete configuration. */
export async function synthOfOne(user: BenchUser): Promise<Row[]> {
  const rows: Row[] = []
  for (const [profile, more] of SYNTHS) {
    const times: number[] = []
    for (let round = 0; round < 9; round++)
      times.push(await timeOf(() => user.distrolab('synth', '--profile', profile, ...more)))
    const what = `synth of ${profile}`
    rows.push({ what, value: median(times) / 1000, unit: 's', limit: 0.4, promise: 'at most' })
  }
  return rows
}

/** Only their names differ, so that the work of one is compared with the work of ten. */
const PROFILES = Array.from({ length: 10 }, (_profile, n) => `bench-${n}`)

/** For labs that do not exist, so that OpenTofu plans everything. */
export async function plansInParallel(user: BenchUser): Promise<Row[]> {
  const config = await user.configure(
    `profiles:\n${PROFILES.map((name) => `  ${name}: { distro: debian-13, provider: local }\n`).join('')}`,
  )
  const plan = (profile: string) => user.distrolab('plan', '--config', config, '--profile', profile)
  const sides = await sideBySide(
    7,
    () => plan(PROFILES.join(',')),
    () => plan(PROFILES[0] ?? ''),
  )
  return [
    {
      what: 'plan of 10 profiles / of one',
      value: sides.ours / sides.theirs,
      unit: 'times',
      limit: 3,
      promise: 'at most',
      sides,
    },
  ]
}
