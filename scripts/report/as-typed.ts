/** A quoted word is a value: what looks like a command in it is left alone. */
const QUOTED = /\\.|\$?'[^'\n]*'/
const WITHOUT_VERB = /\bdistrolab (?=--)/
const WITH_VERB = /\bdistrolab (?<verb>[a-z]+)(?<rest>(?: (?!&&|#| {2})(?:\\.|'[^'\n]*'|[^\s'])+)*)/
const ANY = new RegExp([QUOTED, WITHOUT_VERB, WITH_VERB].map(({ source }) => source).join('|'), 'g')

/**
 * A hint in the words that were typed: who came through `npm run up -- …` has no `distrolab` on PATH, so
 * `distrolab down x` becomes `npm run down -- x`. What has no verb has no script either: npx finds it.
 */
export function asTyped(hint: string, viaNpm: boolean): string {
  if (!viaNpm) return hint
  return hint.replaceAll(ANY, (whole: string, verb: string | undefined, rest = '') => {
    if (verb !== undefined) return rest === '' ? `npm run ${verb}` : `npm run ${verb} --${rest}`
    return whole.startsWith('distrolab') ? `npx ${whole}` : whole
  })
}
