import { Type, type Static } from '@sinclair/typebox'
import { date, name, oneOf, text } from './field.js'
import { closed, offersSchema } from './offer-schema.js'
import { packageManagers } from './package-managers.js'

/** One release of one distribution; the content of `distros/<name>.yaml`. */
export const distroSchema = Type.Object(
  {
    name: name('the release’s name, equal to the file’s name', 'debian-13'),
    family: name('the distribution’s bare name', 'debian'),
    title: text('the name shown to people'),
    version: text('the version in quotes, or rolling'),
    /** Without it, a setup cannot install packages. */
    packageManager: Type.Optional(oneOf(packageManagers)),
    codename: Type.Optional(text('the codename')),
    released: Type.Optional(date('the day of the release')),
    endOfLife: Type.Optional(date('the last day with free security updates (LTS included)')),
    minimumCpu: Type.Optional(oneOf(['x86-64-v2', 'x86-64-v3'])),
    providers: offersSchema,
    unavailable: Type.Optional(
      Type.Record(Type.String(), text('why this provider has no image'), {
        description: 'provider: reason, for providers that have no image',
      }),
    ),
    unconfirmed: Type.Optional(
      Type.Array(text('a fact and why it is not certain'), {
        minItems: 1,
        description: 'facts of this release that no source confirms',
      }),
    ),
    sources: Type.Array(text('where these facts were found'), {
      minItems: 1,
      description: 'at least one source of these facts',
    }),
  },
  closed,
)

export type Distro = Static<typeof distroSchema>
