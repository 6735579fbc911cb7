import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addPath, exportVariable, fail, input, output, run, save, startOf, switchedOn } from './runner.mjs'

const { env } = process
const COMMANDS = ['setup', 'up', 'plan', 'down']

/** A name of labs made from here that no other job has: `post` removes by it whatever they have come to. */
const newSession = () =>
  [env.GITHUB_REPOSITORY, env.GITHUB_RUN_ID, env.GITHUB_RUN_ATTEMPT, env.GITHUB_JOB, randomUUID()]
    .filter(Boolean)
    .join('/')

/** The program with the arguments before its own. */
async function install() {
  const cli = input('cli')
  if (cli !== '') return [process.execPath, cli]
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
  const version = input('version') || own
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    throw new Error(`version: expected one such as 1.2.3, got ${version}`)
  const folder = join(env.RUNNER_TEMP, `distrolab-${version}`)
  const { code } = await run('npm', [
    'install',
    '--no-fund',
    '--no-audit',
    '--prefix',
    folder,
    `distrolab@${version}`,
  ])
  if (code !== 0) throw new Error(`npm could not install distrolab ${version}`)
  addPath(join(folder, 'node_modules', '.bin'))
  return [process.execPath, join(folder, 'node_modules/distrolab/dist/bundle/cli.js')]
}

/** One flag and its value are one word, so that no value is read as a flag. */
const flag = (name, value) => (value === '' ? [] : [`--${name}=${value}`])

function argumentsFor(command) {
  const which = switchedOn('all')
    ? ['--all']
    : [...flag('name', input('lab')), ...flag('profile', input('profile'))]
  if (which.length === 0) throw new Error(`${command}: set lab, profile or all`)
  if (command === 'plan') return ['plan', ...which, '--detailed-exitcode', '-o', 'markdown']
  if (command === 'down') return ['down', ...which, '--yes', '-o', 'json']
  return ['up', ...which, ...flag('ttl', input('ttl')), '-o', 'json']
}

function tell(command, { code, stdout }) {
  const isDone = code === 0 || (command === 'plan' && code === 2)
  if (!isDone) return fail(`distrolab ${command} ended with exit code ${code}`)
  if (command === 'plan') {
    const file = join(env.RUNNER_TEMP, 'distrolab-plan.md')
    writeFileSync(file, stdout)
    if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, stdout)
    output('markdown-file', file)
    output('changes', String(code === 2))
  }
  if (command === 'up') {
    const result = JSON.parse(stdout)
    output('json', stdout)
    if (result.lab !== undefined) output('lab', result.lab)
    if (result.machines !== undefined) output('ssh', result.machines[0]?.ssh ?? '')
  }
}

async function main() {
  const command = input('command') || 'setup'
  if (!COMMANDS.includes(command)) throw new Error(`command: expected ${COMMANDS.join(', ')}, got ${command}`)
  // Before anything can be made, so that it can be removed whenever this job is killed. A plan makes nothing, and may have no
  // credentials to look for what it made.
  const session = newSession()
  if (!switchedOn('keep') && (command === 'up' || command === 'setup')) {
    save('session', session)
    exportVariable('DISTROLAB_SESSION', session)
  }
  const [node, cli] = await install()
  save('cli', cli)
  if (command === 'setup') return
  const onStart = (pid) => save('child', `${pid} ${startOf(pid)}`)
  tell(
    command,
    await run(node, [cli, ...argumentsFor(command)], { onStart, more: { DISTROLAB_SESSION: session } }),
  )
}

await main().catch((error) => fail(error.message))
