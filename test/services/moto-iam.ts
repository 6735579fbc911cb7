import type { TestBucket } from './buckets.js'

type Parameters = Readonly<Record<string, string>>

/** Makes users and, once `enforce` is called, allows them only what their policies allow: moto's own IAM. */
export class MotoIam {
  constructor(private readonly bucket: TestBucket) {}

  /** The variables of a new user's environment. */
  async user(name: string, policy: unknown): Promise<Readonly<Record<string, string>>> {
    await this.#ask('CreateUser', { UserName: name })
    const PolicyDocument = JSON.stringify(policy)
    await this.#ask('PutUserPolicy', { UserName: name, PolicyName: 'given', PolicyDocument })
    const answer = await this.#ask('CreateAccessKey', { UserName: name })
    const [id, secret] = ['AccessKeyId', 'SecretAccessKey'].map(
      (field) => new RegExp(`<${field}>(.+?)</${field}>`).exec(answer)?.[1],
    )
    if (id === undefined || secret === undefined) throw new Error(`no key: ${answer}`)
    return { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_EC2_METADATA_DISABLED: 'true' }
  }

  /** Until then everyone may do everything. */
  async enforce(): Promise<void> {
    await this.#post('/moto-api/reset-auth', {}, '0')
  }

  /** moto identifies its services by the scope in that header; nothing is signed before `enforce`. */
  #ask(action: string, parameters: Parameters): Promise<string> {
    const scope = 'Credential=nobody/20260101/us-east-1/iam/aws4_request'
    const headers = {
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-www-form-urlencoded',
    }
    const query = new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters })
    return this.#post('/', headers, query.toString())
  }

  async #post(path: string, headers: Parameters, body: string): Promise<string> {
    const response = await fetch(`${this.bucket.server.url}${path}`, { method: 'POST', headers, body })
    const answer = await response.text()
    if (!response.ok) throw new Error(`${path} ${body.slice(0, 40)}: ${response.status} ${answer}`)
    return answer
  }
}
