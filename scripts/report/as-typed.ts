/**
 * A hint in the words that were typed: who came through `npm run up -- …` has no `distrolab` on PATH, so
 * `distrolab down x` becomes `npm run down -- x`. What has no verb has no script either: npx finds it.
 */
export function asTyped(hint: string, viaNpm: boolean): string {
  if (!viaNpm) return hint
  return hint
    .replaceAll('distrolab --', 'npx distrolab --')
    .replaceAll(/\bdistrolab ([a-z]+)((?: (?!&&|#| {2})[^\s]+)*)/g, (_whole, verb: string, rest: string) =>
      rest === '' ? `npm run ${verb}` : `npm run ${verb} --${rest}`,
    )
}
