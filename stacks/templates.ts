import { BackendError } from '../backend/errors.js'
import { shown } from '../backend/forms.js'

/**
 * Makes OpenTofu read every string literally, because `${` and `%{` would start a template. Throws
 * BackendError `value-refused` for text that CDKTF would read as its own reference, which cannot be escaped.
 */
export function escapeTemplates<T>(value: T): T {
  const given = JSON.stringify(value)
  const at = given.indexOf('{TfToken[')
  if (at >= 0) {
    const got = shown(given.slice(Math.max(0, at - 1)))
    throw new BackendError({ code: 'value-refused', field: 'lab', expected: 'text without "{TfToken["', got })
  }
  // Functions, because `$$` in a replacement text means one `$`.
  const text = given.replaceAll('${', () => '$${').replaceAll('%{', () => '%%{')
  return JSON.parse(text) as T
}
