import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { TestAws } from '../../services/aws.js'
import { useSandboxes } from '../../stand-in/sandbox.js'
import '../../support/cli/support.js'

const makeSandbox = useSandboxes()
let aws: TestAws
beforeAll(async () => {
  aws = await TestAws.start()
})
afterEach(() => aws.obey())
afterAll(() => aws.stop())

const cases = [
  ['fedora-aws', 'aws configure sso'],
  ['fedora-azure', 'az login'],
  ['fedora-google', 'gcloud auth application-default login'],
] as const

describe('up on a cloud', () => {
  test.each(cases)(
    '%s without credentials says what is missing and what to type; nothing is recorded',
    async (profile, login) => {
      const box = await makeSandbox()
      const env = { AWS_EC2_METADATA_DISABLED: 'true', METADATA_SERVER_DETECTION: 'none' }
      const { code, stdout, stderr } = await box.run(['up', '--profile', profile], { env })
      expect(code).toBe(7)
      expect(stdout).toBe('')
      expect(stderr).toContain('No credentials for')
      expect(stderr).toMatch(new RegExp(`Next: .*${login}`))
      expect(await box.files()).toEqual([])
    },
  )

  test.each([
    ['ExpiredToken', 'The security token included in the request is expired'],
    ['InvalidClientTokenId', 'The security token included in the request is invalid.'],
  ])('with credentials that AWS refuses (%s): nothing is recorded', async (name, message) => {
    const box = await makeSandbox()
    aws.refuse('GetCallerIdentity', 403, name, message)
    const { code, stderr } = await box.run(['up', '--profile', 'fedora-aws'], { env: aws.env })
    expect({ code, files: await box.files() }).toEqual({ code: 7, files: [] })
    expect(stderr).toContain(message)
    expect(stderr).toContain('aws sso login')
  })

  test('where AWS is out of reach that is said, and nothing is recorded', async () => {
    const box = await makeSandbox()
    const env = { ...aws.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }
    const { code, stderr } = await box.run(['up', '--profile', 'fedora-aws'], { env })
    expect({ code, files: await box.files() }).toEqual({ code: 1, files: [] })
    expect(stderr).toContain('AWS cannot be reached: connect ECONNREFUSED 127.0.0.1:9')
  })
})

describe('the address that SSH is opened to', () => {
  const servers: Server[] = []
  afterEach(() => servers.splice(0).forEach((server) => server.close()))

  async function pageThatSays(status: number, text: string): Promise<string> {
    const server = createServer((_request, response) => response.writeHead(status).end(text))
    servers.push(server.listen(0, '127.0.0.1'))
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test.each([
    [200, '<html>Welcome to the hotel</html>', 'its answer is not an address'],
    [503, '203.0.113.7', 'HTTP 503'],
  ])('is never everybody: an answer %d "%s" ends up', async (status, text, reason) => {
    const box = await makeSandbox()
    const env = { ...aws.env, DISTROLAB_ADDRESS_URL: await pageThatSays(status, text) }
    const { code, stderr } = await box.run(['up', '--profile', 'fedora-aws'], { env })
    expect(code).toBe(2)
    expect(stderr).toContain(reason)
    expect(stderr).toContain('--allow-from 203.0.113.7/32')
    expect((await box.files()).filter((file) => file.endsWith('record.json'))).toEqual([])
    expect(aws.asked('RunInstances')).toBe(0)
  })
})
