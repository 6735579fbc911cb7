import { credentialAdvice } from './credential-advice.js'
import { isImageName } from '../../backend/image-name.js'
import type { BackendFault } from '../../backend/errors.js'
import { foundInstead } from '../../backend/plain-file.js'
import { EXIT, indented, type Explanations, withRunbook } from './explanation.js'
import { asIs, typed } from '../report/typed.js'

export const backendExplanations: Explanations<BackendFault> = {
  'guard-timeout': ({ path, pid, host }) => ({
    message: `Another process keeps ${path} (pid ${pid} on ${host}).`,
    hint: typed`When that process is gone for good: rm ${path}`,
    exitCode: EXIT.locked,
  }),
  'object-exists': ({ key }) => ({
    message: `${key} was made by somebody else at the same moment.`,
    hint: 'Run the same command again.',
    exitCode: EXIT.failed,
  }),
  'object-changed': ({ key }) => ({
    message: `${key} was changed by somebody else at the same moment.`,
    hint: 'Run the same command again.',
    exitCode: EXIT.failed,
  }),
  'store-unwritable': ({ place, reason }) => ({
    message: `The backend can't be written: ${place}: ${reason}.`,
    hint: 'Make room or make it writable, or choose another place with DISTROLAB_HOME or --backend; nothing was lost.',
    exitCode: EXIT.failed,
  }),
  'store-unreadable': ({ place, reason }) => ({
    message: `The backend can't be read: ${place}: ${reason}.`,
    hint: 'Make it readable, or choose another place with DISTROLAB_HOME or --backend.',
    exitCode: EXIT.failed,
  }),
  'identity-unreadable': ({ place, problems }) => ({
    message: `The backend does not say whose its labs are, so nothing of them was touched:${indented(problems)}`,
    hint: typed`Bring back an older version of ${place}, which is never changed once it is written. Without any living lab it can be removed: the next up writes another one.`,
    exitCode: EXIT.failed,
  }),
  'file-refused': ({ place, found }) => ({
    message: `${place} is ${foundInstead[found]}. distrolab neither follows nor reads it, because it never puts such a thing there.`,
    hint: typed`ls -ld ${place}    # shows whose it is; ask that person, and move it away`,
    exitCode: EXIT.failed,
  }),
  'store-folder-missing': ({ place }) => ({
    message: `There is no folder ${place} for the backend.`,
    hint: 'distrolab backend init    # creates it; or mount it, or correct --backend, DISTROLAB_BACKEND or the configuration file',
    exitCode: EXIT.usage,
  }),
  'key-invalid': ({ key }) => ({
    message: `"${key}" is no name for an object of the backend.`,
    hint: '',
    exitCode: EXIT.failed,
  }),
  'backend-url-invalid': ({ given, problems }) => ({
    message: `The backend "${given}" is no place for labs:${indented(problems)}`,
    hint: 'For example: --backend s3://bucket/prefix?region=eu-west-1, gs://bucket/prefix or file:///srv/labs',
    exitCode: EXIT.usage,
  }),
  'store-forbidden': ({ place, permission, identity }) => ({
    message: `${identity ?? 'The identity of your credentials'} may not reach ${place}: ${permission} is missing.`,
    hint: typed`Have ${permission} granted on that bucket, or use other credentials: ${asIs(whoAmI(place))}    # shows whose these are`,
    exitCode: EXIT.failed,
  }),
  'store-missing': ({ bucket }) => ({
    message: `There is no bucket ${bucket}, or not under that name at that place.`,
    hint: 'distrolab backend init    # makes it; or correct the name in --backend, DISTROLAB_BACKEND or the configuration file',
    exitCode: EXIT.usage,
  }),
  'store-taken': ({ bucket, permission }) => ({
    message: `There is a bucket ${bucket} already, and it is somebody else's, or yours and ${permission} is missing.`,
    hint: typed`Choose another name, which has to be unique in the whole world, or have ${permission} granted on that bucket.`,
    exitCode: EXIT.usage,
  }),
  'store-project-unknown': ({ bucket }) => ({
    message: `In which project of Google Cloud the bucket ${bucket} shall be made is not known.`,
    hint: 'GOOGLE_CLOUD_PROJECT=PROJECT distrolab backend init',
    exitCode: EXIT.usage,
  }),
  'store-wrong-region': ({ bucket, given, actual }) => ({
    message: `The bucket ${bucket} is ${actual === undefined ? 'in another region than' : `in ${actual}, not in`} ${given}.`,
    hint:
      actual === undefined
        ? typed`aws s3api get-bucket-location --bucket ${bucket}    # then say ?region=R in the backend's URL`
        : typed`Say ?region=${actual} in the backend's URL.`,
    exitCode: EXIT.usage,
  }),
  'store-unreachable': ({ endpoint, reason }) => ({
    message: `The backend at ${endpoint} does not answer, or only with failures: ${reason}.`,
    hint: withRunbook(
      typed`curl -sSI ${endpoint}    # shows whether the network reaches it; then run the same command again`,
      'dropped-network',
    ),
    exitCode: EXIT.failed,
  }),
  'store-no-conditions': ({ endpoint, operation }) => ({
    message: `The server at ${endpoint} ignores the conditions of a ${operation}: labs there could not be locked, and nothing was changed.`,
    hint: 'Use a server that keeps If-None-Match and If-Match (AWS S3, MinIO, Ceph, R2, versitygw in recent versions), or file:///DIR.',
    exitCode: EXIT.usage,
  }),
  'store-credentials': ({ kind, reason }) => ({
    message: `There are no valid credentials for the backend: ${reason}.`,
    hint: withRunbook(
      credentialAdvice(kind === 's3' ? 'aws' : 'google', reason) ??
        (kind === 's3'
          ? 'aws sso login, aws login or aws configure; in CI set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role'
          : 'gcloud auth application-default login; in CI set GOOGLE_APPLICATION_CREDENTIALS'),
      'expired-credentials',
    ),
    exitCode: EXIT.credentials,
  }),
  'record-unreadable': ({ lab, place, problems }) => ({
    message: `The record of ${lab} can't be read (${place}):${indented(problems)}`,
    hint: withRunbook(
      typed`distrolab recover ${lab}    # it was left as it is; what is there can still be removed`,
      place.endsWith('lease.json') ? 'stale-lease' : 'corrupted-record',
    ),
    exitCode: EXIT.failed,
  }),
  'record-unwritable': ({ lab, problems }) => ({
    message: `What is to be recorded of ${lab} could not be read again:${indented(problems)}`,
    hint: 'Change what the field comes from: a flag, the configuration, DISTROLAB_SESSION, or the name of this computer or its user.',
    exitCode: EXIT.usage,
  }),
  'value-refused': ({ field, expected, got }) => ({
    message: `${field}: expected ${expected}, got ${got}. It was written nowhere.`,
    hint: 'Change the value where it comes from: a path, the configuration, or the record of the lab.',
    exitCode: EXIT.usage,
  }),
  'transition-illegal': ({ lab, from, to }) => ({
    message: `${lab} can't go from ${from} to ${to}.`,
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
    message: `The lease of ${lab} was lost: ${reason}. Nothing more was changed.`,
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
  backend: ' The lease that was lent is that of a lab of another backend.',
  fence: ' The command that lent its lease holds it no longer.',
  holder: ' The command that lent its lease is gone.',
} as const
