import { quoteForShell } from '../machine/shell.js'
import type { ImageFault } from '../images/faults.js'
import { EXIT, indented, withRunbook, type Explanations } from './explanation.js'

const importLine = ({ provider, distro }: { readonly provider: string; readonly distro: string }): string =>
  `distrolab images import ${distro} --provider ${provider}`
const forgetLine = ({ provider, distro }: { readonly provider: string; readonly distro: string }): string =>
  `distrolab images forget ${distro} --provider ${provider}`

const MAKE_ACCOUNT = (account: string): string =>
  `az storage account create --name ${account} --resource-group GROUP --location REGION --sku Standard_LRS --allow-blob-public-access false`
const MAKE_CONTAINER = (account: string, container: string): string =>
  `az storage container create --account-name ${account} --name ${container} --auth-mode login`

type BucketNeeded = Extract<ImageFault, { readonly code: 'import-bucket-needed' }>

const bucketNeeded = (fault: BucketNeeded) => ({
  message: `A disk goes to ${fault.provider} through one of its buckets, and the records of this backend are in none.`,
  hint: `${importLine(fault)} --bucket gs://BUCKET/PREFIX    # one that you may write to; or DISTROLAB_BUCKET`,
})

const containerNeeded = (fault: BucketNeeded) => ({
  message: `A disk goes to Azure through a container of a storage account, which lies where the machines will be; ${
    fault.got === undefined ? 'none is named' : `"${fault.got}" names none`
  }.`,
  hint: [
    `${importLine(fault)} --bucket https://ACCOUNT.blob.core.windows.net/CONTAINER    # or DISTROLAB_BUCKET; where there is none:`,
    MAKE_ACCOUNT('ACCOUNT'),
    MAKE_CONTAINER('ACCOUNT', 'CONTAINER'),
  ].join('\n  '),
})

export const imageExplanations: Explanations<ImageFault> = {
  'import-unsupported': ({ provider, distro, reason }) => ({
    message: `${distro} can't be imported to ${provider} by this version: ${reason}. Nothing was made, nothing recorded.`,
    hint: 'distrolab images    # what there is on each provider',
    exitCode: EXIT.usage,
  }),
  'import-no-source': (fault) => ({
    message: `There is no disk of ${fault.distro} that could be imported: ${fault.reason}.`,
    hint: `${importLine(fault)} --image FILE    # or a URL with --checksum sha256:HEX`,
    exitCode: EXIT.usage,
  }),
  'import-checksum-needed': ({ url }) => ({
    message: `Nothing says how ${url} must look: what is not verified is not imported.`,
    hint: 'Add --checksum sha256:HEX (or sha512:HEX), as its publisher tells it.',
    exitCode: EXIT.usage,
  }),
  'import-file-unreadable': ({ path, reason }) => ({
    message: `${path} is no disk that can be imported: ${reason}.`,
    hint: 'Name a whole disk in the format qcow2 or raw. One that you trust becomes one by: qemu-img convert -O qcow2 DISK whole.qcow2',
    exitCode: EXIT.usage,
  }),
  'import-file-changed': ({ path, expected, got }) => ({
    message: `The checksum of ${path} is wrong:${indented([`expected ${expected}`, `got      ${got}`])}`,
    hint: 'Nothing was uploaded. Load the file anew, or correct --checksum.',
    exitCode: EXIT.failed,
  }),
  'import-bucket-needed': (fault) => ({
    ...(fault.provider === 'azure' ? containerNeeded(fault) : bucketNeeded(fault)),
    exitCode: EXIT.usage,
  }),
  'import-region-needed': (fault) => ({
    message: `An image on ${fault.provider} lies in one region, and machines are made from it there only; none is named.`,
    hint: `${importLine(fault)} --region REGION    # or that as \`region\` in the configuration file; they are listed by\n  distrolab regions --provider ${fault.provider}`,
    exitCode: EXIT.usage,
  }),
  'import-account-missing': ({ account, place }) => ({
    message: `The subscription has no storage account ${account} with ${place}. Nothing was made, nothing recorded.`,
    hint: `${MAKE_ACCOUNT(account)} && ${MAKE_CONTAINER(account, 'CONTAINER')}    # or export the ARM_SUBSCRIPTION_ID that has it; then run the same command again`,
    exitCode: EXIT.usage,
  }),
  'import-container-missing': ({ account, container }) => ({
    message: `The storage account ${account} has no container ${container}.`,
    hint: `${MAKE_CONTAINER(account, container)}    # then run the same command again`,
    exitCode: EXIT.failed,
  }),
  'import-storage-forbidden': ({ account, container, reason }) => ({
    message: `These credentials may not write to ${container} of the storage account ${account}, whatever else they may: ${reason}`,
    hint: `az role assignment create --assignee CLIENT --role "Storage Blob Data Contributor" --scope $(az storage account show --name ${account} --query id -o tsv)    # then wait five minutes and run the same command again; and does the account's firewall let this computer in?`,
    exitCode: EXIT.failed,
  }),
  'import-name-taken': (fault) => ({
    message: `${fault.provider} has an image of that name which this backend did not make: ${fault.id}. Nothing was made, nothing recorded.`,
    hint:
      fault.provider === 'aws'
        ? `aws ec2 deregister-image --image-id ${quoteForShell(fault.id)} --region ${fault.region ?? ''}    # if nobody needs it; then run the same command again`
        : `distrolab up --profile ${fault.distro}-${fault.provider}    # may take it as it is; else: az image delete --ids ${quoteForShell(fault.id)}`,
    exitCode: EXIT.usage,
  }),
  'import-in-place': (fault) => ({
    message: `${fault.distro} was imported to ${fault.provider} with another ${fault.field}: ${fault.has}, not ${fault.asked}.`,
    hint: `${forgetLine(fault)}    # then import it anew`,
    exitCode: EXIT.usage,
  }),
  'import-needed': (fault) => ({
    message: `${fault.provider} has no image of ${fault.distro}: a custom OS installation brings one there first.`,
    hint: `${importLine(fault)}    # once for the team; then run the same command again`,
    exitCode: EXIT.failed,
  }),
  'import-forgetting': (fault) => ({
    message: `The image of ${fault.distro} at ${fault.provider} is being removed, and that did not end.`,
    hint: `${forgetLine(fault)} && ${importLine(fault)}`,
    exitCode: EXIT.failed,
  }),
  'image-not-imported': (fault) => ({
    message: `No image of ${fault.distro} was imported to ${fault.provider} through this backend.`,
    hint: 'distrolab images    # what was imported, and where',
    exitCode: EXIT.notFound,
  }),
  'image-busy': ({ provider, distro, holder }) => ({
    message: `Another command works on the image of ${distro} at ${provider}: ${holder.user}@${holder.host} (pid ${holder.pid}) runs ${holder.command} since ${holder.since}.`,
    hint: 'Run the same command again later, or wait longer with --wait-lock 30m.',
    exitCode: EXIT.locked,
  }),
  'image-in-use': (fault) => ({
    message: `These labs were made from the image of ${fault.distro} at ${fault.provider}, and could not be reset or brought back without it:${indented(fault.labs)}`,
    hint: `distrolab down LAB    # each of them; then ${forgetLine(fault)}`,
    exitCode: EXIT.failed,
  }),
  'image-left': (fault) => ({
    message: `Something of the image of ${fault.distro} at ${fault.provider} is still there:${indented(fault.left)}`,
    hint: `${forgetLine(fault)}    # tries again`,
    exitCode: EXIT.leftovers,
  }),
  'packing-failed': ({ program, reason }) => ({
    message: `${program} could not convert the disk:${indented(reason.trim().split('\n'))}`,
    hint: 'Make room where DISTROLAB_CACHE points to if the disk is full, and run the same command again.',
    exitCode: EXIT.failed,
  }),
  'upload-failed': ({ place, reason }) => ({
    message: `The disk could not be uploaded to ${place}: ${reason}`,
    hint: withRunbook('Run the same command again: it goes on where this one ended.', 'dropped-network'),
    exitCode: EXIT.failed,
  }),
}
