import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { variableOf } from '../../env.js'
import { LabError } from '../../errors.js'
import { run, RunError } from '../../run.js'

/**
 * The certificate of ARM_CLIENT_CERTIFICATE (base64) or ARM_CLIENT_CERTIFICATE_PATH and its key, as PEM;
 * undefined if neither is set. The provider needs PKCS#12, which Node cannot read, so openssl converts it.
 * Throws LabError cloud-credentials-refused.
 */
export async function readCertificate(): Promise<string | undefined> {
  const path = variableOf('ARM_CLIENT_CERTIFICATE_PATH') || undefined
  const inline = variableOf('ARM_CLIENT_CERTIFICATE') || undefined
  if (inline === undefined) return path === undefined ? undefined : toPem(path)
  const folder = await mkdtemp(join(tmpdir(), 'distrolab-certificate-'))
  try {
    const file = join(folder, 'certificate.pfx')
    await writeFile(file, Buffer.from(inline, 'base64'), { mode: 0o600 })
    return await toPem(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function toPem(file: string): Promise<string> {
  // Passed by environment, because everyone can see arguments.
  const PASSWORD = 'ARM_CLIENT_CERTIFICATE_PASSWORD'
  const env = { [PASSWORD]: variableOf(PASSWORD) ?? '' }
  try {
    const { stdout } = await run('openssl', ['pkcs12', '-in', file, '-nodes', '-passin', `env:${PASSWORD}`], {
      env,
    })
    return stdout
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    const { failure } = error
    const said = failure.kind === 'spawn-failed' ? failure.reason : (failure.stderr.split('\n')[0] ?? '')
    const reason = `the client certificate cannot be read (openssl: ${said})`
    throw new LabError({ code: 'cloud-credentials-refused', provider: 'azure', reason }, { cause: error })
  }
}
