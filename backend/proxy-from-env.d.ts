declare module 'proxy-from-env' {
  /** Empty where the request goes by no proxy. */
  export function getProxyForUrl(url: string | URL): string
}
