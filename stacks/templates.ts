/** Makes OpenTofu take every string literally: `${` and `%{` would start a template. */
export function escapeTemplates<T>(value: T): T {
  // Functions, because `$$` in a replacement text means one `$`.
  const text = JSON.stringify(value)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', () => '%%{')
  return JSON.parse(text) as T
}
