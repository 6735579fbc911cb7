import { wordsOf } from '../providers/clouds.js'
import type { ImageFault } from '../images/faults.js'
import { MAKE_ACCOUNT, MAKE_CONTAINER } from './container-lines.js'
import { EXIT, indented, withRunbook, type Explanations } from './explanation.js'
import { asIs, typed } from '../report/typed.js'

const importLine = ({ provider, distro }: { readonly provider: string; readonly distro: string }): string =>
  typed`distrolab images import ${distro} --provider ${provider}`
const forgetLine = ({ provider, distro }: { readonly provider: string; readonly distro: string }): string =>
  typed`distrolab images forget ${distro} --provider ${provider}`

type BucketNeeded = Extract<ImageFault, { readonly code: 'import-bucket-needed' }>

const bucketNeeded = (fault: BucketNeeded) => ({
  message: `A disk reaches ${fault.provider} through one of its buckets, and this backend is not in one.`,
  hint: typed`${asIs(importLine(fault))} --bucket gs://BUCKET/PREFIX    # one that you may write to; or DISTROLAB_BUCKET`,
})

export const imageExplanations: Explanations<ImageFault> = {
  'import-unsupported': ({ provider, distro, reason }) => ({
    message: `This version cannot import ${distro} to ${provider}: ${reason}. Nothing was created or recorded.`,
    hint: 'distrolab images    # what each provider offers',
    exitCode: EXIT.usage,
  }),
  'import-no-source': (fault) => ({
    message: `No disk of ${fault.distro} can be imported: ${fault.reason}.`,
    hint: typed`${asIs(importLine(fault))} --image FILE    # or a URL with --checksum sha256:HEX`,
    exitCode: EXIT.usage,
  }),
  'import-checksum-needed': ({ url }) => ({
    message: `No checksum is known for ${url}, and distrolab imports only verified disks.`,
    hint: 'Add --checksum sha256:HEX (or sha512:HEX) with the value that its publisher gives.',
    exitCode: EXIT.usage,
  }),
  'import-file-unreadable': ({ path, reason }) => ({
    message: `${path} is not a disk that can be imported: ${reason}.`,
    hint: 'Give a complete disk in qcow2 or raw format. To convert one that you trust: qemu-img convert -O qcow2 DISK whole.qcow2',
    exitCode: EXIT.usage,
  }),
  'import-file-changed': ({ path, expected, got }) => ({
    message: `The checksum of ${path} is wrong:${indented([`expected ${expected}`, `got      ${got}`])}`,
    hint: 'Nothing was uploaded. Download the file again, or correct --checksum.',
    exitCode: EXIT.failed,
  }),
  'import-bucket-needed': (fault) => ({
    ...(wordsOf(fault.provider)?.images?.placeNeeded?.(importLine(fault), fault.got) ?? bucketNeeded(fault)),
    exitCode: EXIT.usage,
  }),
  'import-region-needed': (fault) => ({
    message: `An image on ${fault.provider} belongs to one region, and machines can be created from it only there; no region is set.`,
    hint: typed`${asIs(importLine(fault))} --region REGION    # or set \`region\` in the configuration file; to list the regions:\n  distrolab regions --provider ${fault.provider}`,
    exitCode: EXIT.usage,
  }),
  'import-account-missing': ({ account, place }) => ({
    message: `The subscription has no storage account ${account} at ${place}. Nothing was created or recorded.`,
    hint: typed`${asIs(MAKE_ACCOUNT(account))} && ${asIs(MAKE_CONTAINER(account, 'CONTAINER'))}    # or export the ARM_SUBSCRIPTION_ID that has it; then run the same command again`,
    exitCode: EXIT.usage,
  }),
  'import-container-missing': ({ account, container }) => ({
    message: `The storage account ${account} has no container ${container}.`,
    hint: typed`${asIs(MAKE_CONTAINER(account, container))}    # then run the same command again`,
    exitCode: EXIT.failed,
  }),
  'import-storage-forbidden': ({ account, container, reason }) => ({
    message: `These credentials may not write to the container ${container} of the storage account ${account}: ${reason}`,
    hint: typed`az role assignment create --assignee CLIENT --role "Storage Blob Data Contributor" --scope $(az storage account show --name ${account} --query id -o tsv)    # then wait five minutes and run the same command again; also check that the account's firewall lets this computer in`,
    exitCode: EXIT.failed,
  }),
  'import-name-taken': (fault) => ({
    message: `${fault.provider} already has an image of that name, which this backend did not create: ${fault.id}. Nothing was created or recorded.`,
    hint: wordsOf(fault.provider)?.images?.nameTaken?.(fault) ?? typed`distrolab docs ${fault.provider}`,
    exitCode: EXIT.usage,
  }),
  'import-in-place': (fault) => ({
    message: `${fault.distro} was imported to ${fault.provider} with another ${fault.field}: ${fault.has}, not ${fault.asked}.`,
    hint: typed`${asIs(forgetLine(fault))}    # then import it again`,
    exitCode: EXIT.usage,
  }),
  'import-needed': (fault) => ({
    message: `${fault.provider} has no image of ${fault.distro}; import one first (custom OS installation).`,
    hint: typed`${asIs(importLine(fault))}    # once for the team; then run the same command again`,
    exitCode: EXIT.failed,
  }),
  'import-forgetting': (fault) => ({
    message: `The removal of the image of ${fault.distro} at ${fault.provider} did not finish.`,
    hint: typed`${asIs(forgetLine(fault))} && ${asIs(importLine(fault))}`,
    exitCode: EXIT.failed,
  }),
  'image-not-imported': (fault) => ({
    message: `No image of ${fault.distro} was imported to ${fault.provider} through this backend.`,
    hint: 'distrolab images    # what was imported, and where',
    exitCode: EXIT.notFound,
  }),
  'image-busy': ({ provider, distro, holder }) => ({
    message: `Another command is working on the image of ${distro} at ${provider}: ${holder.user}@${holder.host} (pid ${holder.pid}), running ${holder.command} since ${holder.since}.`,
    hint: 'Run the same command again later, or wait longer with --wait-lock 30m.',
    exitCode: EXIT.locked,
  }),
  'image-in-use': (fault) => ({
    message: `These labs were created from the image of ${fault.distro} at ${fault.provider} and cannot be reset or brought back without it:${indented(fault.labs)}`,
    hint: typed`distrolab down LAB    # each of them; then ${asIs(forgetLine(fault))}`,
    exitCode: EXIT.failed,
  }),
  'image-left': (fault) => ({
    message: `Parts of the image of ${fault.distro} at ${fault.provider} still exist:${indented(fault.left)}`,
    hint: typed`${asIs(forgetLine(fault))}    # tries again`,
    exitCode: EXIT.leftovers,
  }),
  'packing-failed': ({ program, reason }) => ({
    message: `${program} could not convert the disk:${indented(reason.trim().split('\n'))}`,
    hint: 'If the disk is full, free some space where DISTROLAB_CACHE points. Then run the same command again.',
    exitCode: EXIT.failed,
  }),
  'upload-failed': ({ place, reason }) => ({
    message: `The disk could not be uploaded to ${place}: ${reason}`,
    hint: withRunbook('Run the same command again: it continues where this one stopped.', 'dropped-network'),
    exitCode: EXIT.failed,
  }),
}
