import { wordsOfBucket } from '../providers/clouds.js'
import { credentialAdvice } from './credential-advice.js'
import { isImageName } from '../../backend/image-name.js'
import type { BackendFault } from '../../backend/errors.js'
import { foundInstead } from '../../backend/plain-file.js'
import { EXIT, indented, type Explanations, withRunbook } from './explanation.js'
import { asIs, typed } from '../report/typed.js'

export const backendExplanations: Explanations<BackendFault> = {
  'guard-timeout': ({ path, pid, host }) => ({
    message: `Another process (pid ${pid} on ${host}) holds the lock file ${path}.`,
    hint: typed`rm ${path}    # once that process has ended for good`,
    exitCode: EXIT.locked,
  }),
  'object-exists': ({ key }) => ({
    message: `Someone else created ${key} at the same moment.`,
    hint: 'Run the same command again.',
    exitCode: EXIT.failed,
  }),
  'object-changed': ({ key }) => ({
    message: `Someone else changed ${key} at the same moment.`,
    hint: 'Run the same command again.',
    exitCode: EXIT.failed,
  }),
  'store-unwritable': ({ place, reason }) => ({
    message: `Cannot write to the backend at ${place}: ${reason}.`,
    hint: 'Free some space or make it writable, or choose another place with DISTROLAB_HOME or --backend. Nothing was lost.',
    exitCode: EXIT.failed,
  }),
  'store-unreadable': ({ place, reason }) => ({
    message: `Cannot read the backend at ${place}: ${reason}.`,
    hint: 'Make it readable, or choose another place with DISTROLAB_HOME or --backend.',
    exitCode: EXIT.failed,
  }),
  'identity-unreadable': ({ place, problems }) => ({
    message: `Cannot read the identity of this backend, so its labs were left untouched:${indented(problems)}`,
    hint: typed`Restore an earlier version of ${place}, which never changes once it is written. If no lab is alive, remove it: the next up writes a new one.`,
    exitCode: EXIT.failed,
  }),
  'file-refused': ({ place, found }) => ({
    message: `${place} is ${foundInstead[found]}. distrolab did not put it there, so it neither follows nor reads it.`,
    hint: typed`ls -ld ${place}    # shows the owner; ask them, then move it away`,
    exitCode: EXIT.failed,
  }),
  'store-folder-missing': ({ place }) => ({
    message: `The backend folder ${place} does not exist.`,
    hint: 'distrolab backend init    # creates it; or mount it, or correct --backend, DISTROLAB_BACKEND or the configuration file',
    exitCode: EXIT.usage,
  }),
  'key-invalid': ({ key }) => ({
    message: `"${key}" is not a valid name for an object in the backend.`,
    hint: '',
    exitCode: EXIT.failed,
  }),
  'backend-url-invalid': ({ given, problems }) => ({
    message: `The backend URL "${given}" is not valid:${indented(problems)}`,
    hint: 'For example: --backend s3://bucket/prefix?region=eu-west-1, gs://bucket/prefix or file:///srv/labs',
    exitCode: EXIT.usage,
  }),
  'store-forbidden': ({ place, permission, identity }) => ({
    message: `${identity ?? 'The identity of your credentials'} lacks ${permission} on ${place}.`,
    hint: typed`Have ${permission} granted on that bucket, or use other credentials: ${asIs(whoAmI(place))}    # shows whose these are`,
    exitCode: EXIT.failed,
  }),
  'store-missing': ({ bucket }) => ({
    message: `The bucket ${bucket} does not exist there.`,
    hint: 'distrolab backend init    # creates it; or correct the name in --backend, DISTROLAB_BACKEND or the configuration file',
    exitCode: EXIT.usage,
  }),
  'store-taken': ({ bucket, permission }) => ({
    message: `The bucket ${bucket} already exists. It belongs to someone else, or it is yours and your credentials lack ${permission}.`,
    hint: typed`Choose another name (bucket names are unique worldwide), or have ${permission} granted on that bucket.`,
    exitCode: EXIT.usage,
  }),
  'store-project-unknown': ({ bucket }) => ({
    message: `No Google Cloud project is set for the new bucket ${bucket}.`,
    hint: 'GOOGLE_CLOUD_PROJECT=PROJECT distrolab backend init',
    exitCode: EXIT.usage,
  }),
  'store-wrong-region': ({ bucket, given, actual }) => ({
    message: `The bucket ${bucket} is ${actual === undefined ? 'in another region than' : `in ${actual}, not in`} ${given}.`,
    hint:
      actual === undefined
        ? typed`aws s3api get-bucket-location --bucket ${bucket}    # then put ?region=R into the backend URL`
        : typed`Put ?region=${actual} into the backend URL.`,
    exitCode: EXIT.usage,
  }),
  'store-unreachable': ({ endpoint, reason }) => ({
    message: `The backend at ${endpoint} does not answer, or answers only with errors: ${reason}.`,
    hint: withRunbook(
      typed`curl -sSI ${endpoint}    # shows whether the network reaches it; then run the same command again`,
      'dropped-network',
    ),
    exitCode: EXIT.failed,
  }),
  'store-no-conditions': ({ endpoint, operation }) => ({
    message: `The server at ${endpoint} ignores conditions on a ${operation}, so labs there cannot be locked. Nothing was changed.`,
    hint: 'Use a server that honours If-None-Match and If-Match (AWS S3, MinIO, Ceph, R2, versitygw in recent versions), or file:///DIR.',
    exitCode: EXIT.usage,
  }),
  'store-credentials': ({ kind, reason }) => ({
    message: `There are no valid credentials for the backend: ${reason}.`,
    hint: withRunbook(
      credentialAdvice(wordsOfBucket(kind), reason) ??
        (kind === 's3'
          ? 'aws sso login, aws login or aws configure; in CI set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role'
          : 'gcloud auth application-default login; in CI set GOOGLE_APPLICATION_CREDENTIALS'),
      'expired-credentials',
    ),
    exitCode: EXIT.credentials,
  }),
  'record-unreadable': ({ lab, place, problems }) => ({
    message: `Cannot read the record of ${lab} (${place}):${indented(problems)}`,
    hint: withRunbook(
      typed`distrolab recover ${lab}    # shows how to remove what exists; the record was left as it is`,
      place.endsWith('lease.json') ? 'stale-lease' : 'corrupted-record',
    ),
    exitCode: EXIT.failed,
  }),
  'record-unwritable': ({ lab, problems }) => ({
    message: `The new record of ${lab} would be unreadable, so it was not written:${indented(problems)}`,
    hint: 'Change the value where it comes from: a flag, the configuration, DISTROLAB_SESSION, or the name of this computer or its user.',
    exitCode: EXIT.usage,
  }),
  'value-refused': ({ field, expected, got }) => ({
    message: `${field}: expected ${expected}, got ${got}. Nothing was written.`,
    hint: 'Change the value where it comes from: a path, the configuration, or the record of the lab.',
    exitCode: EXIT.usage,
  }),
  'transition-illegal': ({ lab, from, to }) => ({
    message: `${lab} cannot go from ${from} to ${to}.`,
    hint: typed`distrolab status ${lab}`,
    exitCode: EXIT.failed,
  }),
  'lease-held': ({ lab, holder }) => ({
    message: `${lab} is held by ${holder.user}@${holder.host} (pid ${holder.pid}), running ${holder.command} since ${holder.since}${holder.ciRunUrl === undefined ? '' : `, ${holder.ciRunUrl}`}.`,
    hint: withRunbook(
      typed`distrolab lock status ${lab}    # or wait longer with --wait-lock 30m`,
      'stale-lease',
    ),
    exitCode: EXIT.locked,
  }),
  'lease-lost': ({ lab, reason }) => ({
    message: `The lease of ${lab} was lost: ${reason}. Nothing was changed after that.`,
    hint: isImageName(lab) ? 'distrolab images' : typed`distrolab status ${lab}`,
    exitCode: EXIT.locked,
  }),
  'lease-token-refused': ({ field, expected, got }) => ({
    message: `DISTROLAB_LEASE: ${field}: expected ${expected}, got ${got}.${tokenTrouble[field]}`,
    hint:
      field === 'backend'
        ? 'Give the same --backend as the command that started this one, or: unset DISTROLAB_LEASE'
        : 'unset DISTROLAB_LEASE    # the command then takes the lease itself',
    exitCode: field === 'fence' || field === 'holder' ? EXIT.locked : EXIT.usage,
  }),
}

/** The provider's own command that shows our identity. */
const whoAmI = (place: string): string =>
  place.startsWith('gs:') ? 'gcloud auth list' : 'aws sts get-caller-identity'

const tokenTrouble = {
  form: '',
  backend: ' The lent lease belongs to a lab of another backend.',
  fence: ' The command that lent its lease no longer holds it.',
  holder: ' The command that lent its lease has ended.',
} as const
