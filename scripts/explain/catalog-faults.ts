import type { CatalogFault } from '../../distro-catalog/errors.js'
import { didYouMean, EXIT, indented, type Explanations } from './explanation.js'
import { typed } from '../report/typed.js'

const SEE_IMAGES = 'distrolab images    # every distro and provider'

export const catalogExplanations: Explanations<CatalogFault> = {
  'distro-unknown': ({ given, near }) => ({
    message: `There is no distro "${given}".${didYouMean(near)}`,
    hint: SEE_IMAGES,
    exitCode: EXIT.notFound,
  }),
  'provider-unknown': ({ given, near }) => ({
    message: `There is no provider "${given}".${didYouMean(near)}`,
    hint: SEE_IMAGES,
    exitCode: EXIT.notFound,
  }),
  'profile-unknown': ({ given, near }) => ({
    message: `There is no profile "${given}".${didYouMean(near)}`,
    hint: 'A profile is <distro>-<provider>, such as debian-local.',
    exitCode: EXIT.notFound,
  }),
  'pair-unavailable': ({ distro, provider, reason }) => ({
    message: `${distro} cannot run on ${provider}: ${reason}.`,
    hint: SEE_IMAGES,
    exitCode: EXIT.notFound,
  }),
  'region-unknown': ({ given, provider, near }) => ({
    message: `${provider} has no region "${given}".${didYouMean(near)}`,
    hint: typed`distrolab regions --provider ${provider}`,
    exitCode: EXIT.usage,
  }),
  'no-region': ({ provider, instanceType, leftOut }) => ({
    message: `No region of ${provider} can be used for ${instanceType}:${indented(
      leftOut.map(({ region, reason }) => `${region}: ${reason}`),
    )}`,
    hint: 'Allow other regions (--regions, or "regions" in the configuration), or choose another size or architecture.',
    exitCode: EXIT.usage,
  }),
  'size-unknown': ({ given, known }) => ({
    message: `--size: expected one of ${known.join(', ')}, got "${given}".`,
    hint: '',
    exitCode: EXIT.usage,
  }),
  'disk-too-small': ({ askedGiB, minimumGiB }) => ({
    message: `--disk: the image needs ${minimumGiB} GiB, got ${askedGiB}.`,
    hint: typed`Use --disk ${minimumGiB} or more, or leave it out.`,
    exitCode: EXIT.usage,
  }),
  'instance-type-invalid': ({ given, expected }) => ({
    message: `--instance-type: expected ${expected}, got "${given}".`,
    hint: '',
    exitCode: EXIT.usage,
  }),
  'catalog-invalid': ({ problems }) => ({
    message: `The catalog is not valid:${indented(
      problems.map(
        ({ file, field, expected, got, remedy }) =>
          `${file}: ${field}: expected ${expected}, got ${got}. ${remedy}`,
      ),
    )}`,
    hint: 'Correct the files named above; nothing was changed.',
    exitCode: EXIT.usage,
  }),
}
