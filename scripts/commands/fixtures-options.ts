import type { Options } from 'yargs'

export const atOption: Readonly<Record<string, Options>> = {
  at: {
    type: 'string',
    requiresArg: true,
    describe: "The folder on the machine; a relative one starts in the user's home (default fixtures/SET)",
  },
}
