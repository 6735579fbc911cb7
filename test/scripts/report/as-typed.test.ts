import { expect, test } from '@jest/globals'
import { asTyped } from '../../../scripts/report/as-typed.js'

test('a hint stays as it is for who typed distrolab', () => {
  expect(asTyped('distrolab up x', false)).toBe('distrolab up x')
})

test.each([
  ['distrolab doctor', 'npm run doctor'],
  ['distrolab --help', 'npx distrolab --help'],
  ['distrolab down x', 'npm run down -- x'],
  ['distrolab lock status x', 'npm run lock -- status x'],
  ['distrolab down x && distrolab up x', 'npm run down -- x && npm run up -- x'],
  ['distrolab list --all    # every lab', 'npm run list -- --all    # every lab'],
  ['distrolab up --help', 'npm run up -- --help'],
  [
    'Recreate it: distrolab down x && distrolab up x --instance-type 4x8192',
    'Recreate it: npm run down -- x && npm run up -- x --instance-type 4x8192',
  ],
  ['distrolab ssh x -- sudo tail /var/log/y', 'npm run ssh -- x -- sudo tail /var/log/y'],
  ['Nothing to type.', 'Nothing to type.'],
])('"%s" is "%s" through npm', (hint, shown) => {
  expect(asTyped(hint, true)).toBe(shown)
})
