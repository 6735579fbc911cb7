import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudMachines } from '../../stand-in/cloud-machines.js'
import type { Loss } from '../../stand-in/losses.js'
import { WarmProcess } from '../../stand-in/warm-cli.js'
import { writeLabEngine } from '../../stand-in/write-lab-engine.js'
import { starts } from './lost-answers-clouds.js'

/*
 * Runs in a network of its own, where every address is this computer's. Each change that making and removing a lab asks a
 * cloud for is carried out, and its answer is lost: the connection breaks, something in between says 503, or the engine is
 * killed before it writes the state. Afterwards `up` reaches a lab of exactly one machine, and `down` leaves nothing.
 */
const [provider = '', ...flags] = process.argv.slice(2)
const cloud = await starts[provider]?.()
assert(cloud !== undefined)
const root = await mkdtemp(join(tmpdir(), 'distrolab-lost-'))
const machines = await CloudMachines.start(cloud.machineAt, join(root, 'machines'))
const { NODE_EXTRA_CA_CERTS } = cloud.env
const cli = new WarmProcess(undefined, NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS })

const engine = join(root, 'tofu')
await writeLabEngine(engine)
await mkdir(join(root, 'config'))
await writeFile(
  join(root, 'config', 'config.yaml'),
  `region: ${cloud.region}\nallowFrom: 203.0.113.7\napplyTimeout: 2m\n`,
)

const { PATH } = process.env
const env = {
  PATH,
  HOME: join(root, 'user'),
  DISTROLAB_CONFIG_HOME: join(root, 'config'),
  DISTROLAB_TOFU: engine,
  DISTROLAB_HOME: join(root, 'home'),
  DISTROLAB_CACHE: join(root, 'cache'),
  ...cloud.env,
}
const UP = ['up', 'web', '--profile', `debian-12-${provider}`, '--wait', 'ssh', ...flags]
const DOWN = ['down', 'web']

type Way = Loss | 'killed'

/** Runs a command in which one answer is lost, in one of three ways. Returns its exit code and what it said. */
async function losing(
  args: readonly string[],
  at: number,
  way: Way,
): Promise<{ code: number | null; said: string }> {
  if (way === 'killed') {
    const { code, stdout, stderr } = await cli.run({ ...env, STAND_IN_ENGINE_KILLED: `${at + 1}` }, args)
    return { code, said: stdout + stderr }
  }
  cloud?.losses.plan(at, way)
  const { code, stdout, stderr } = await cli.run(env, args)
  assert(cloud?.losses.isDone, `${args.join(' ')}: no change ${at}`)
  cloud.losses.plan()
  return { code, said: stdout + stderr }
}

async function ok(args: readonly string[], why: string): Promise<string> {
  const { code, stdout, stderr } = await cli.run(env, args)
  assert.equal(code, 0, `${why}: ${args.join(' ')}\n${stdout}${stderr}`)
  return stderr
}

async function isReady(why: string): Promise<void> {
  const { stdout } = await cli.run(env, ['status', 'web'])
  assert.equal(stdout, 'ready\n', why)
  assert.equal(await cloud?.machines(), 1, why)
}

/** How many changes a command asks for when nothing is lost. */
async function changesOf(args: readonly string[]): Promise<number> {
  cloud?.losses.plan()
  await ok(args, 'undisturbed')
  return cloud?.losses.count ?? 0
}

async function walk(creations: number, removals: number): Promise<number> {
  let cases = 0
  for (let at = 0; at < Math.max(creations, removals); at++) {
    for (const way of ['reset', '503', 'killed'] as const) {
      const why = `${provider}, change ${at}, ${way}`
      const began = performance.now()
      if (at < creations) {
        cases++
        const { code, said } = await losing(UP, at, way)
        const again = await ok(UP, `${why}, after ${code}: ${said}`)
        await isReady(`${why}\n${said}\n${again}`)
      } else {
        await ok(UP, why)
      }
      if (at < removals) {
        cases++
        const { code, said } = await losing(DOWN, at, way)
        assert.equal(code, 0, `${why}: down\n${said}`)
      } else {
        await ok(DOWN, why)
      }
      assert.deepEqual(await cloud?.made(), [], why)
      process.stderr.write(`${why}: ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
    }
  }
  return cases
}

/** A machine that was in use is taken into a state that was lost, and is the same one afterwards. */
async function takesOverWhatIsThere(): Promise<void> {
  await ok(UP, 'before its state is lost')
  const made = await cloud?.made()
  await rm(join(root, 'home', 'labs', 'web', 'tofu.tfstate'))
  assert.match(
    await ok([...UP, '--allow-from', '198.51.100.0/24'], 'without its state'),
    /adding it to its state/,
  )
  await isReady('its state was lost')
  assert.deepEqual(await cloud?.made(), made)
  await ok(DOWN, 'after all')
  assert.deepEqual(await cloud?.made(), [])
}

try {
  const creations = await changesOf(UP)
  const removals = await changesOf(DOWN)
  await takesOverWhatIsThere()
  const cases = await walk(creations, removals)
  process.stdout.write(
    `${provider}: ${cases} cases: ${creations} creations and ${removals} removals, lost in 3 ways\n`,
  )
} finally {
  await cli.close()
  machines.stop()
  await cloud.stop()
  await rm(root, { recursive: true, force: true })
}
