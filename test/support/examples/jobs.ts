import type { Example, ShellRun } from './example.js'

type Variables = Readonly<Record<string, string>>

/** The steps of a job in order, and what ran of each. */
export interface JobRun {
  readonly steps: readonly (ShellRun & { readonly name: string })[]
  /** As the CI service would call it: 0, or the code of the first step that failed. */
  readonly code: number
}

interface GithubWorkflow {
  readonly env: Variables
  readonly jobs: Readonly<Record<string, { readonly steps: readonly GithubStep[] }>>
}
interface GithubStep {
  readonly name?: string
  readonly run?: string
  readonly if?: string
}

/**
 * Runs the shell steps of a GitHub job as a runner does: one shell a step, and after a failure only those that say
 * `always()`. Other conditions and expressions are not understood, and fail.
 */
export async function runGithubJob(example: Example, file: string, job: string): Promise<JobRun> {
  const workflow = (await example.readYaml(file)) as GithubWorkflow
  const env = {
    ...workflow.env,
    CI: 'true',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_REPOSITORY: 'team/product',
    GITHUB_RUN_ID: '42',
  }
  const steps: (ShellRun & { name: string })[] = []
  for (const { name = '', run, if: condition = 'success()' } of workflow.jobs[job]?.steps ?? []) {
    if (run === undefined) continue
    if (!['success()', 'always()'].includes(condition) || run.includes('${{'))
      throw new Error(`${name}: this runner does not understand ${condition} or an expression in ${run}`)
    const hasFailed = steps.some(({ code }) => code !== 0)
    if (!hasFailed || condition === 'always()') steps.push({ name, ...(await example.shell(run, env)) })
  }
  return { steps, code: steps.find(({ code }) => code !== 0)?.code ?? 0 }
}

interface GitlabJob {
  readonly variables: Variables
  readonly before_script: readonly string[]
  readonly script: readonly string[]
  readonly after_script: readonly string[]
}

/** Runs a GitLab job: one shell for before_script and script, another one for after_script, whatever happened. */
export async function runGitlabJob(example: Example, file: string, job: string): Promise<JobRun> {
  const jobs = (await example.readYaml(file)) as Readonly<Record<string, GitlabJob>>
  const found = jobs[job]
  if (found === undefined) throw new Error(`${file} has no job ${job}`)
  const env = {
    ...Object.fromEntries(
      Object.entries(found.variables).map(([name, value]) => [
        name,
        value.replaceAll('$CI_PROJECT_DIR', example.folder),
      ]),
    ),
    CI: 'true',
    CI_JOB_URL: 'https://gitlab.example/team/product/-/jobs/42',
  }
  const script = await example.shell([...found.before_script, ...found.script].join('\n'), env)
  const after = await example.shell(found.after_script.join('\n'), env)
  return {
    steps: [
      { name: 'script', ...script },
      { name: 'after_script', ...after },
    ],
    code: script.code,
  }
}
