import type { TerraformBackend } from 'cdktf/lib/terraform-backend.js'
import { GcsBackend, LocalBackend, S3Backend } from './cdktf.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import type { GcsState, S3State, StateBackend } from '../backend/state-backend.js'

/** The stack's backend block. It never contains credentials: OpenTofu finds them where every tool does. */
export function buildStateBlock(stack: TerraformStack, state: StateBackend): TerraformBackend {
  switch (state.kind) {
    case 'local':
      return new LocalBackend(stack, { path: state.path })
    case 's3':
      return buildS3Block(stack, state)
    case 'gcs':
      return buildGcsBlock(stack, state)
  }
}

function buildS3Block(stack: TerraformStack, state: S3State): S3Backend {
  const { bucket, key, region, endpoint, pathStyle, kmsKey } = state
  const backend = new S3Backend(stack, {
    bucket,
    key,
    region,
    encrypt: true,
    ...(kmsKey === undefined ? {} : { kmsKeyId: kmsKey }),
    ...(pathStyle ? { usePathStyle: true } : {}),
    ...(endpoint === undefined ? {} : otherServer(endpoint)),
  })
  // Locks natively; cdktf 0.21 has no property for it.
  backend.addOverride('use_lockfile', true)
  return backend
}

/** A server other than AWS's has none of AWS's regions, and no STS, IAM or metadata service. */
const otherServer = (endpoint: string) => ({
  endpoints: { s3: endpoint },
  skipCredentialsValidation: true,
  skipRegionValidation: true,
  skipRequestingAccountId: true,
  skipMetadataApiCheck: true,
  skipS3Checksum: true,
})

function buildGcsBlock(stack: TerraformStack, { bucket, prefix, endpoint }: GcsState): GcsBackend {
  const backend = new GcsBackend(stack, { bucket, prefix })
  // cdktf 0.21 spells its property `storeageCustomEndpoint`. Go's client also needs the API's path.
  if (endpoint !== undefined) backend.addOverride('storage_custom_endpoint', `${endpoint}/storage/v1/`)
  return backend
}
