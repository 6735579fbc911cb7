import { describe, expect, test } from '@jest/globals'
import { proxyVariables } from '../../scripts/proxy-variables.js'
import { faultOf } from '../support/cli/support.js'

const PROXY = 'http://proxy.example.org:3128'

describe('the variables that name proxies', () => {
  test.each([{}, { NO_PROXY: 'example.org' }, { HTTPS_PROXY: '', http_proxy: '' }])(
    'are left alone where there is none: %j',
    (variables) => expect(proxyVariables(variables)).toEqual({}),
  )

  test.each([
    [{ https_proxy: PROXY }, PROXY],
    [{ HTTPS_PROXY: PROXY, https_proxy: 'http://other:1' }, PROXY],
    [{ HTTPS_PROXY: '', https_proxy: PROXY }, PROXY],
    [{ HTTPS_PROXY: 'proxy.example.org:3128' }, PROXY],
  ])('say the same in capitals and in small letters: %j', (variables, expected) => {
    const { HTTPS_PROXY, https_proxy } = proxyVariables(variables)
    expect([HTTPS_PROXY, https_proxy]).toEqual([expected, expected])
  })

  test('exempt this computer and what tells a machine of a cloud who it is, always', () => {
    const { NO_PROXY = '', no_proxy } = proxyVariables({ HTTP_PROXY: PROXY })
    expect(NO_PROXY.split(',')).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '169.254.169.254']))
    expect(no_proxy).toBe(NO_PROXY)
  })

  test.each([
    ['example.org', ['example.org', '.example.org']],
    ['*.example.org', ['.example.org']],
    ['.example.org', ['.example.org']],
    ['10.0.0.0/8 192.0.2.1', ['10.0.0.0/8', '192.0.2.1']],
    ['a.test:8443, localhost', ['a.test:8443', 'localhost']],
  ])('exempt in the one form that all libraries read: %s', (given, expected) => {
    const { NO_PROXY = '' } = proxyVariables({ HTTPS_PROXY: PROXY, no_proxy: given })
    expect(NO_PROXY.split(',').slice(0, expected.length)).toEqual(expected)
  })

  test('are removed where everything is exempt', () => {
    const variables = proxyVariables({ HTTPS_PROXY: PROXY, NO_PROXY: 'a,*' })
    expect(Object.keys(variables)).toEqual(
      expect.arrayContaining(['HTTPS_PROXY', 'https_proxy', 'http_proxy']),
    )
    expect(Object.values(variables).every((value) => value === undefined)).toBe(true)
  })

  test('that are no URL are a usage error, which does not show the password', async () => {
    const fault = await faultOf(() => proxyVariables({ HTTPS_PROXY: 'http://anna:secret@[proxy' }))
    expect(fault).toMatchObject({ code: 'usage', problem: expect.stringContaining('HTTPS_PROXY') })
    expect(JSON.stringify(fault)).not.toContain('secret')
  })
})
