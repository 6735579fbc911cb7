import { typed } from './typed.js'
import type { ImageRecord } from '../../backend/image-record-schema.js'
import type { ImportResult } from '../images/import.js'
import { elapsed } from './progress.js'

export function renderImport({ image, reused, timings }: ImportResult): string {
  const { distro, provider, name } = image
  const next = `distrolab up --profile ${distro}-${provider}`
  if (reused) return `${distro} was already imported to ${provider}, as ${name}.\n${next}`
  const ms = timings.reduce((sum, timing) => sum + timing.ms, 0)
  return `${distro} is imported to ${provider}, as ${name}, after ${elapsed(ms)}.\n${next}`
}

/** One line of `images` for each import, whatever became of it. */
export function importLine({
  provider,
  distro,
  architecture,
  state,
  name,
  owner,
  ...rest
}: ImageRecord): string {
  const by = `by ${owner.user}@${owner.host}`
  const what = `${distro}-${provider} (${architecture}): `
  if (state === 'imported') return `${what}imported ${by} as ${name} on ${rest.updatedAt.slice(0, 10)}`
  const verb = state === 'importing' ? 'import' : 'forget'
  const why = rest.failure === null ? 'under way or interrupted' : `failed: ${rest.failure.message}`
  const again = typed`distrolab images ${verb} ${distro} --provider ${provider}`
  return `${what}${state} ${by}, ${rest.step === null ? why : `at the step ${rest.step}`}; to continue: ${again}`
}
