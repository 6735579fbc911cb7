import { setTimeout } from 'node:timers/promises'
import { fail, input, notice, run, saved, startOf } from './runner.mjs'

/** How long an interrupted command may take until it has recorded where it stopped. */
const PATIENCE_MS = 120_000

/** A command that outlived its job would go on making what is removed here. */
async function endChild() {
  const [, pid, start] = /^(\d+) (\d+)$/.exec(saved('child')) ?? []
  const lives = () => start !== undefined && startOf(pid) === start
  if (!lives()) return
  process.kill(Number(pid), 'SIGINT')
  for (const until = Date.now() + PATIENCE_MS; lives() && Date.now() < until;) await setTimeout(100)
  if (lives()) process.kill(Number(pid), 'SIGKILL')
}

/** Labs of this session; their TTL ends them, and `reap`. */
async function keep(cli, session, ttl) {
  const more = { DISTROLAB_SESSION: session }
  const { code, stdout } = await run(process.execPath, [cli, 'list', '-o', 'json'], { more })
  if (code !== 0) throw new Error('the labs of this job could not be listed')
  let kept = 0
  for (const { lab } of JSON.parse(stdout)) {
    const status = await run(process.execPath, [cli, 'status', lab, '-o', 'json'], { more })
    if (status.code !== 0) throw new Error(`${lab} could not be read`)
    if (JSON.parse(status.stdout).session !== session) continue
    kept++
    const extended = await run(process.execPath, [cli, 'extend', lab, `--ttl=${ttl}`], { more })
    if (extended.code !== 0) throw new Error(`${lab} could not be given ${ttl}`)
    notice(`${lab} stays for ${ttl}, for whoever has a key on it`)
  }
  return kept > 0
}

async function post() {
  const [session, cli] = [saved('session'), saved('cli')]
  // It was to be kept, or the job was killed before there was a program that could make anything.
  if (session === '' || cli === '') return
  await endChild()
  const ttl = input('keep-on-failure')
  if (ttl !== '' && input('job-status') === 'failure') {
    try {
      if (await keep(cli, session, ttl)) return
    } catch (error) {
      notice(`${error.message}: removing them`)
    }
  }
  const more = { DISTROLAB_SESSION: session }
  const { code } = await run(process.execPath, [cli, 'cleanup', '--session', '--yes', '--wait-lock=10m'], {
    more,
  })
  if (code !== 0) fail(`distrolab cleanup ended with exit code ${code}: something this job made may be left`)
}

await post().catch((error) => fail(error.message))
