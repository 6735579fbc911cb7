import { expect, test } from '@jest/globals'
import { synthesiseLab } from '../../../stacks/app.js'
import type { StaticLabSpec } from '../../../stacks/static/spec.js'
import { expectGolden } from '../../support/stacks/golden.js'

const spec: StaticLabSpec = {
  provider: 'static',
  lab: 'rack',
  profile: 'rack',
  state: { kind: 'local', path: '/srv/labs/labs/rack/tofu.tfstate' },
  machines: [{ name: 'main', address: '2001:db8::7', port: 2222, user: 'anna' }],
}

test('a lab of machines that exist declares no resource and needs no provider', async () => {
  const text = await synthesiseLab(spec)
  const document = JSON.parse(text) as Record<string, object>
  expect(Object.keys(document)).toEqual(
    expect.not.arrayContaining(['resource', 'data', 'provider', 'import']),
  )
  await expectGolden(text, 'static/golden/rack.json')
})
