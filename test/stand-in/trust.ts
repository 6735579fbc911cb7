import tls from 'node:tls'

/**
 * This process takes a certificate for its own authority from now on; Node itself learns of them at its start only
 * (NODE_EXTRA_CA_CERTS). Returns what ends that.
 */
export function trust(certificate: string): () => void {
  const createSecureContext = tls.createSecureContext
  tls.createSecureContext = (options) => {
    const made = createSecureContext(options)
    ;(made.context as { addCACert(certificate: string): void }).addCACert(certificate)
    return made
  }
  return () => void (tls.createSecureContext = createSecureContext)
}
