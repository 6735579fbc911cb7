import type { CloudName } from '../../distro-catalog/provider-names.js'
import { clouds } from '../providers/clouds.js'
import type { CloudRefusal } from '../providers/faults.js'
import { asIs, typed } from '../report/typed.js'
import { credentialAdvice } from './credential-advice.js'
import { EXIT, withRunbook, type Explanations } from './explanation.js'
import { flagFor, groupIn, holderIn, ruleIn, zoneWithRoom } from './refusal-words.js'

/** What people call each cloud. */
export const TITLE = Object.fromEntries(
  Object.entries(clouds).map(([name, { words }]) => [name, words.title]),
) as Readonly<Record<CloudName, string>>

/** For a cloud without such a refusal, and so without its own command line for it. */
const needsThere = (provider: CloudName): string =>
  typed`distrolab docs ${provider}    # what machines need there`

const AGAIN_LATER = 'Wait a minute and run the same command again; it continues where this one stopped.'

/** A proxy that intercepts TLS has its own authority; these are Node's and Go's words for that. */
const networkAdvice = (reason: string): string =>
  /self.signed certificate|unable to (get|verify)|issuer certificate|unknown authority/i.test(reason)
    ? "export NODE_EXTRA_CA_CERTS=FILE    # the certificate of your network's authority, as PEM; then run the same command again"
    : 'Check the network, and HTTPS_PROXY if there is a proxy; then run the same command again.'

/** What else can be requested, or how to read the rule; and who can change it. */
function wayAround({ provider, reason, lab }: CloudRefusal): string {
  const { words } = clouds[provider]
  const flag = flagFor(provider, reason)
  const ruler = asIs(`Ask ${words.ruler} to change the rule.`)
  if (flag !== undefined)
    return typed`distrolab down ${named(lab)}    # then up with ${asIs(flag)}, as the rule asks. ${ruler}`
  const show = words.showRule?.(ruleIn(provider, reason))
  return show === undefined
    ? `${ruler.asIs} Then run the same command again.`
    : typed`${asIs(show)}    # shows it. ${ruler}`
}

function release({ provider, reason, lab }: CloudRefusal): string {
  const group = groupIn(holderIn(reason) ?? '')
  const showLocks = group && clouds[provider].words.showLocks?.(group)
  return showLocks
    ? typed`${asIs(showLocks)}    # whoever created the lock, or an Owner, can remove it with az lock delete; then: distrolab down ${named(lab)}`
    : typed`distrolab recover ${named(lab)}    # shows what exists; detach or remove what uses it, and run the same command again`
}

const inBrackets = (text: string | undefined): string => (text === undefined ? '' : ` (${text})`)

/** A command outside a lab has none to name. */
const named = (lab: string | undefined): string => lab ?? 'LAB'

export const refusalExplanations: Explanations<CloudRefusal> = {
  'cloud-capacity': ({ provider, reason, lab }) => {
    const zone = zoneWithRoom(reason)
    return {
      message: `${TITLE[provider]} has no capacity for this machine there at the moment: ${reason}`,
      hint: withRunbook(
        zone === undefined
          ? typed`distrolab regions --provider ${provider}    # then down, and up with another --zone, --region or --instance-type`
          : typed`distrolab down ${named(lab)}    # then up with --zone ${zone}, which ${asIs(TITLE[provider])} names itself, or with another --region or --instance-type`,
        'exhausted-quota',
      ),
      exitCode: EXIT.capacity,
    }
  },
  'cloud-not-offered': ({ provider, reason }) => ({
    message: `${TITLE[provider]} does not offer this machine type there to this account: ${reason}`,
    hint: withRunbook(
      typed`distrolab regions --provider ${provider}    # then down, and up with another --zone, --region or --instance-type`,
      'exhausted-quota',
    ),
    exitCode: EXIT.capacity,
  }),
  'cloud-quota': ({ provider, reason }) => ({
    message: `A quota of the account at ${TITLE[provider]} is used up: ${reason}`,
    hint: withRunbook(
      typed`distrolab list    # destroy what no one needs, or use --size small or another --region; to have the quota raised: ${asIs(clouds[provider].words.requestQuota)}`,
      'exhausted-quota',
    ),
    exitCode: EXIT.capacity,
  }),
  'cloud-network': ({ provider, reason, lab }) => ({
    message: `${TITLE[provider]} has no network there that the machines can use: ${reason}`,
    hint: typed`distrolab down ${named(lab)}    # then up with --network own, which creates one for the lab`,
    exitCode: EXIT.failed,
  }),
  'cloud-policy': (fault) => ({
    message: `A rule of the organisation at ${TITLE[fault.provider]} forbids this${inBrackets(ruleIn(fault.provider, fault.reason))}: ${fault.reason}`,
    hint: wayAround(fault),
    exitCode: EXIT.failed,
  }),
  'cloud-account': ({ provider, reason }) => ({
    message: `${TITLE[provider]} does not let this account create machines: ${reason}`,
    hint: clouds[provider].words.openAccount,
    exitCode: EXIT.failed,
  }),
  'cloud-exists': ({ provider, reason, lab }) => ({
    message: `${TITLE[provider]} already has something of that name: ${reason}`,
    hint: withRunbook(
      typed`distrolab recover ${named(lab)}    # shows what exists of the lab; then: distrolab up ${named(lab)}`,
      'stuck-state',
    ),
    exitCode: EXIT.failed,
  }),
  'cloud-in-use': (fault) => ({
    message: `Something blocks this change at ${TITLE[fault.provider]}${inBrackets(holderIn(fault.reason))}: ${fault.reason}`,
    hint: withRunbook(release(fault), 'destroy-by-hand'),
    exitCode: EXIT.failed,
  }),
  'cloud-not-ready': ({ provider, reason }) => ({
    message: `${TITLE[provider]} was not ready for this; the next attempt may succeed: ${reason}`,
    hint: AGAIN_LATER,
    exitCode: EXIT.failed,
  }),
  'cloud-forbidden': ({ provider, reason }) => ({
    message: `These credentials do not allow this at ${TITLE[provider]}: ${reason}`,
    hint: typed`distrolab docs ${provider}    # lists the rights that are needed; have them granted and run the same command again`,
    exitCode: EXIT.failed,
  }),
  'cloud-service-disabled': ({ provider, reason }) => ({
    message: `Machines are not enabled for this account at ${TITLE[provider]}: ${reason}`,
    hint: typed`${asIs(clouds[provider].words.switchOn?.(reason) ?? needsThere(provider))}    # then wait two minutes and run the same command again`,
    exitCode: EXIT.failed,
  }),
  'cloud-credentials-refused': ({ provider, reason }) => ({
    message: `${TITLE[provider]} does not accept these credentials: ${reason}`,
    hint: withRunbook(
      credentialAdvice(clouds[provider].words, reason) ?? clouds[provider].words.logInAgain,
      'expired-credentials',
    ),
    exitCode: EXIT.credentials,
  }),
  'cloud-region-disabled': ({ provider, reason }) => ({
    message: `The credentials are valid, but this region does not accept them until it is enabled for the account. ${reason}`,
    hint: typed`distrolab regions --provider ${provider}    # choose another --region, or: aws account enable-region --region-name REGION`,
    exitCode: EXIT.usage,
  }),
  'cloud-zone-unknown': ({ provider, reason, lab }) => ({
    message: `${TITLE[provider]} has no such zone there for this account: ${reason}`,
    hint: typed`distrolab down ${named(lab)}    # then up with another --zone, or without one`,
    exitCode: EXIT.usage,
  }),
  'cloud-throttled': ({ provider, reason }) => ({
    message: `${TITLE[provider]} refuses because the account sends too many requests: ${reason}`,
    hint: AGAIN_LATER,
    exitCode: EXIT.failed,
  }),
  'cloud-unreachable': ({ provider, reason }) => ({
    message: `${TITLE[provider]} cannot be reached: ${reason}`,
    hint: withRunbook(networkAdvice(reason), 'dropped-network'),
    exitCode: EXIT.failed,
  }),
  'cloud-image-gone': ({ provider, reason, lab }) => ({
    message: `The image of the lab cannot be used at ${TITLE[provider]}: ${reason}`,
    hint: typed`distrolab swap ${named(lab)} DISTRO    # recreates its machines from a newer one; or down and up`,
    exitCode: EXIT.failed,
  }),
  'cloud-terms': ({ provider, reason }) => ({
    message: `The image has terms that the account at ${TITLE[provider]} has not accepted: ${reason}`,
    hint: clouds[provider].words.acceptTerms ?? needsThere(provider),
    exitCode: EXIT.failed,
  }),
}
