import { isMap, isScalar, isSeq, parseDocument, type Node, type YAMLMap } from 'yaml'

/** A full commit: a tag or branch can be moved to other code, a commit cannot. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/
const VERSION = /^ v\d+\.\d+\.\d+$/

/** What is wrong with a GitHub workflow, each problem in one line; empty for a sound one. */
export function workflowProblems(text: string): string[] {
  const document = parseDocument(text)
  if (document.errors.length > 0) return document.errors.map(({ message }) => message)
  const { contents } = document
  if (!isMap(contents)) return ['it is not a map']
  const jobs = contents.get('jobs')
  if (!isMap(jobs) || jobs.items.length === 0) return ['it has no jobs']
  return [
    ...(contents.has('permissions') ? [] : ['it has no top-level permissions']),
    ...jobs.items.flatMap(({ key, value }) =>
      isMap(value) ? jobProblems(String(key), value) : [`job ${String(key)} is not a map`],
    ),
  ]
}

function jobProblems(name: string, job: YAMLMap): string[] {
  const steps = job.get('steps')
  const used = isSeq(steps)
    ? steps.items.flatMap((step) => (isMap(step) ? [step.get('uses', true)] : []))
    : [job.get('uses', true)]
  return [
    ...(job.has('uses') || typeof job.get('timeout-minutes') === 'number'
      ? []
      : [`job ${name} has no timeout-minutes`]),
    ...used.filter((uses) => uses !== undefined).flatMap((uses) => actionProblems(uses)),
  ]
}

function actionProblems(uses: Node): string[] {
  if (!isScalar(uses) || typeof uses.value !== 'string') return [`${String(uses)} does not name an action`]
  const { value, comment } = uses
  // An action of this repository is as pinned as the workflow itself.
  if (value.startsWith('./')) return []
  return [
    ...(PINNED.test(value) ? [] : [`${value} is not pinned by a full commit`]),
    ...(VERSION.test(comment ?? '') ? [] : [`${value} has no comment with its version, such as # v1.2.3`]),
  ]
}

/** Each `action@commit # version` of a workflow. */
export const pinsOf = (text: string): string[] =>
  [...text.matchAll(/uses: (\S+@[0-9a-f]{40} # v\S+)$/gm)].map(([, pin = '']) => pin)
