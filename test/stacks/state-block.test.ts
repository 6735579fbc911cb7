import { describe, expect, test } from '@jest/globals'
import { isLabName } from '../../backend/lab-name.js'
import { parseBackendUrl } from '../../backend/location.js'
import { minimumEngines, stateBackend } from '../../backend/state-backend.js'
import { App } from 'cdktf/lib/app.js'
import { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { buildStateBlock } from '../../stacks/state-block.js'

const LAB = 'demo'

function blockOf(url: string): unknown {
  if (!isLabName(LAB)) throw new TypeError('a lab name')
  const stack = new TerraformStack(new App({ stackTraces: false }), LAB)
  buildStateBlock(stack, stateBackend(parseBackendUrl(url), LAB))
  stack.prepareStack()
  return (stack.toTerraform() as { terraform: { backend: unknown } }).terraform.backend
}

describe('the backend block', () => {
  test('of a folder', () => {
    expect(blockOf('file:///srv/labs')).toEqual({ local: { path: '/srv/labs/labs/demo/tofu.tfstate' } })
  })

  test('of S3 locks natively, encrypts, and checks everything that AWS lets it check', () => {
    expect(blockOf('s3://labs/team?region=eu-west-1')).toEqual({
      s3: {
        bucket: 'labs',
        key: 'team/labs/demo/tofu.tfstate',
        region: 'eu-west-1',
        encrypt: true,
        use_lockfile: true,
      },
    })
    expect(blockOf('s3://labs?region=eu-west-1&kms-key=alias/labs')).toMatchObject({
      s3: { kms_key_id: 'alias/labs' },
    })
  })

  test('of an S3-compatible server skips what only AWS has', () => {
    const url = 's3://labs?endpoint=https://minio.example.org&path-style=true'
    expect(blockOf(url)).toEqual({
      s3: {
        bucket: 'labs',
        key: 'labs/demo/tofu.tfstate',
        region: 'us-east-1',
        encrypt: true,
        use_lockfile: true,
        use_path_style: true,
        endpoints: { s3: 'https://minio.example.org' },
        skip_credentials_validation: true,
        skip_region_validation: true,
        skip_s3_checksum: true,
        skip_requesting_account_id: true,
        skip_metadata_api_check: true,
      },
    })
  })

  test('of GCS', () => {
    expect(blockOf('gs://labs/team')).toEqual({ gcs: { bucket: 'labs', prefix: 'team/labs/demo/tofu' } })
    expect(blockOf('gs://labs?endpoint=http://127.0.0.1:4443')).toEqual({
      gcs: {
        bucket: 'labs',
        prefix: 'labs/demo/tofu',
        storage_custom_endpoint: 'http://127.0.0.1:4443/storage/v1/',
      },
    })
  })
})

test('S3 alone needs an engine newer than the one from npm', () => {
  expect(minimumEngines).toEqual({ directory: '1.6.0', gcs: '1.6.0', s3: '1.10.0' })
})
