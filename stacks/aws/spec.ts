import type { AwsImage } from '../../distro-catalog/offer-schema.js'
import type { CloudImage, CloudSpec } from '../cloud-spec.js'

export interface AwsLabSpec extends CloudSpec {
  readonly provider: 'aws'
  readonly image: CloudImage<AwsImageSelector>
}

export interface AwsImageSelector extends AwsImage {
  readonly architecture: 'x86_64' | 'arm64'
}
