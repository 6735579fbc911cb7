import type { AwsImage } from '../../distro-catalog/offer-schema.js'
import type { CloudImage, CloudMachine, CloudSpec } from '../cloud-spec.js'

export interface AwsLabSpec extends CloudSpec {
  readonly provider: 'aws'
  readonly machines: readonly AwsMachine[]
}

export interface AwsMachine extends CloudMachine {
  readonly image: CloudImage<AwsImageSelector>
}

export interface AwsImageSelector extends AwsImage {
  readonly architecture: 'x86_64' | 'arm64'
}
