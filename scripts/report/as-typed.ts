/**
 * A hint in the words that were typed: who came through `npm run up -- …` has no `distrolab` on PATH, so
 * `distrolab down x` becomes `npm run down -- x`.
 */
export function asTyped(hint: string, viaNpm: boolean): string {
  if (!viaNpm) return hint
  return hint.replaceAll(
    /\bdistrolab ([a-z]+)((?: (?!&&|#| {2})[^\s]+)*)/g,
    (_whole, verb: string, rest: string) => (rest === '' ? `npm run ${verb}` : `npm run ${verb} --${rest}`),
  )
}
