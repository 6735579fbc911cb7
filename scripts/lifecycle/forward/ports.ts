import { LabError } from '../../errors.js'

/** A port of this computer that leads to one of the machine. */
export interface Forwarding {
  readonly here: number
  readonly there: number
}

const usage = (problem: string): LabError => new LabError({ code: 'usage', command: 'forward', problem })

/** Each is `PORT`, or `HERE:THERE`. Throws LabError usage. */
export function parsePorts(given: readonly string[]): readonly Forwarding[] {
  if (given.length === 0) throw usage('Give at least one port of the machine, such as 8080 or 9000:80.')
  const ports = given.map((text) => {
    const [, here = '', there = here] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text) ?? []
    if (!isPort(here) || !isPort(there))
      throw usage(`Expected PORT or HERE:THERE, each from 1 to 65535, got "${text}".`)
    return { here: Number(here), there: Number(there) }
  })
  const twice = ports.find(({ here }, at) => ports.findIndex((other) => other.here === here) !== at)
  if (twice !== undefined) throw usage(`The port ${twice.here} of this computer is named twice.`)
  return ports
}

const isPort = (text: string): boolean => Number(text) >= 1 && Number(text) <= 65_535

/** The words for ssh(1), which never listen for other computers. */
export const forwardWords = (ports: readonly Forwarding[]): string[] =>
  ports.flatMap(({ here, there }) => ['-L', `127.0.0.1:${here}:127.0.0.1:${there}`])
