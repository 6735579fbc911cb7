import { execFile } from 'node:child_process'
import { mkdir, writeFile, chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { readSource, temporaryFolder } from '../support/cli/support.js'
import { GithubApi } from './github-api.js'

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { name?: string; run?: string }[] }>>
}

let api: GithubApi
beforeEach(async () => {
  api = await GithubApi.start()
})
afterEach(() => api.close())

/** Runs a step as GitHub does: `bash -e` with `pipefail`. */
async function runStep(
  file: string,
  name: string,
  { env = {}, folder = temporaryFolder() }: { env?: Record<string, string>; folder?: string } = {},
): Promise<{ code: number; text: string }> {
  const { jobs } = parse(await readSource(`examples/labs-github/${file}`)) as Workflow
  const step = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .find((each) => each.name === name)
  const script = join(folder, 'step.sh')
  await writeFile(script, step?.run ?? 'exit 99')
  const all = {
    PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`,
    GITHUB_API_URL: api.url,
    GITHUB_REPOSITORY: 'anna/project',
    GH_TOKEN: 'token-of-the-job',
    ...env,
  }
  return new Promise((resolve) => {
    const args = ['--noprofile', '--norc', '-eo', 'pipefail', script]
    execFile('bash', args, { cwd: folder, env: all }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr }),
    )
  })
}

describe('the comment on a pull request', () => {
  const HEAD = 'anna:topic'
  const OWN = { HEAD, SHA: 'abc', IS_FORK: 'false', RUN_URL: 'https://github.example/run/7' }
  const comment = async (plan: string, env: Record<string, string> = OWN) => {
    const folder = temporaryFolder()
    await writeFile(join(folder, 'distrolab-plan.md'), plan)
    return runStep('comment.yml', 'Write the plan into one comment', { env, folder })
  }

  test('is made once, then updated, also behind a hundred others', async () => {
    api.pulls = [{ number: 12, head: { sha: 'abc', label: HEAD } }]
    expect(await comment('first')).toMatchObject({ code: 0 })
    expect(api.comments.map(({ body }) => body)).toEqual([expect.stringContaining('first')])
    expect(await comment('second')).toMatchObject({ code: 0 })
    expect(api.comments).toHaveLength(1)
    expect(api.comments[0]?.body).toMatch(/^<!-- distrolab plan -->\nsecond\n\n\[The run\]\(https:/)
    api.comments.unshift(
      ...Array.from({ length: 120 }, (_, id) => ({ id: 1000 + id, user: { login: 'bob' }, body: 'x' })),
    )
    expect(await comment('third')).toMatchObject({ code: 0 })
    expect(api.comments).toHaveLength(121)
    expect(api.comments.at(-1)?.body).toContain('third')
    expect(api.refused).toEqual([])
  })

  test('never replaces someone else’s, and goes nowhere if no pull request is at that commit', async () => {
    api.pulls = [{ number: 12, head: { sha: 'abc', label: HEAD } }]
    api.say('mallory', '<!-- distrolab plan -->\nmine')
    expect(await comment('ours')).toMatchObject({ code: 0 })
    expect(api.comments.map(({ body }) => body.includes('mine'))).toEqual([true, false])
    expect(await comment('ours', { ...OWN, SHA: 'other' })).toMatchObject({ code: 0 })
    expect(api.comments).toHaveLength(2)
  })

  test('of a fork says so, mentions no one and is never too long', async () => {
    api.pulls = [{ number: 12, head: { sha: 'abc', label: HEAD } }]
    const env = { ...OWN, IS_FORK: 'true' }
    expect(await comment(`@anna/team look\n${'@ä'.repeat(40_000)}`, env)).toMatchObject({ code: 0 })
    const body = api.comments[0]?.body ?? ''
    expect(body).toContain('planned without credentials and secrets')
    expect(body).not.toContain('@anna')
    expect(body.length).toBeLessThan(65_536)
  })
})

describe('the lab of a pull request', () => {
  test.each([
    [0, 0],
    [3, 0],
    [6, 1],
  ])('is removed when it closes: distrolab ends with %d, the step with %d', async (given, code) => {
    const folder = temporaryFolder()
    await mkdir(join(folder, 'bin'))
    await writeFile(join(folder, 'bin/distrolab'), `#!/bin/sh\necho "asked: $*"\nexit ${given}\n`)
    await chmod(join(folder, 'bin/distrolab'), 0o755)
    const options = { env: { NUMBER: '12' }, folder }
    const ended = await runStep('labs.yml', 'Remove the lab of the pull request', options)
    expect(ended).toEqual({ code, text: expect.stringContaining('asked: down pr-12 --yes') })
  })
})

describe('drift', () => {
  const report = async (plan: string, changes: boolean) => {
    const folder = temporaryFolder()
    await writeFile(join(folder, 'plan.md'), plan)
    const env = { CHANGES: String(changes), PLAN: join(folder, 'plan.md') }
    expect(await runStep('labs.yml', 'Report drift in one issue', { env, folder })).toMatchObject({ code: 0 })
  }

  test('opens one issue, updates it, and closes it when there is none', async () => {
    await report('nothing', false)
    expect(api.issues).toEqual([])
    await report('first', true)
    await report('second', true)
    expect(api.issues).toMatchObject([{ body: 'second', state: 'open' }])
    await report('nothing', false)
    expect(api.issues).toMatchObject([{ state: 'closed' }])
    await report('again', true)
    expect(api.issues).toHaveLength(2)
    expect(api.refused).toEqual([])
  })
})
