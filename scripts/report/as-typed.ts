/** A quoted word is a value: text in it that looks like a command stays unchanged. */
const QUOTED = /\\.|\$?'[^'\n]*'/
const WITHOUT_VERB = /\bdistrolab (?=--)/
const WITH_VERB = /\bdistrolab (?<verb>[a-z]+)(?<rest>(?: (?!&&|#| {2})(?:\\.|'[^'\n]*'|[^\s'])+)*)/
const ANY = new RegExp([QUOTED, WITHOUT_VERB, WITH_VERB].map(({ source }) => source).join('|'), 'g')

/**
 * A hint in the form that the user types. A user of `npm run up -- …` has no `distrolab` on PATH, so
 * `distrolab down x` becomes `npm run down -- x`. A command without a verb has no script: npx finds it.
 */
export function asTyped(hint: string, viaNpm: boolean): string {
  if (!viaNpm) return hint
  return hint.replaceAll(ANY, (whole: string, verb: string | undefined, rest = '') => {
    if (verb !== undefined) return rest === '' ? `npm run ${verb}` : `npm run ${verb} --${rest}`
    return whole.startsWith('distrolab') ? `npx ${whole}` : whole
  })
}
