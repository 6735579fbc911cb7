import tls from 'node:tls'

/**
 * Makes this process accept a certificate as its own authority from now on; Node itself reads
 * NODE_EXTRA_CA_CERTS only at its start. Returns a function that ends this.
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
