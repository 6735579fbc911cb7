import type { EngineProvider } from '../engine-provider.js'

export const awsEngine: EngineProvider = {
  source: 'registry.opentofu.org/hashicorp/aws',
  types: [
    'aws_ami',
    'aws_instance',
    'aws_internet_gateway',
    'aws_key_pair',
    'aws_route',
    'aws_security_group',
    'aws_subnet',
    'aws_vpc',
  ],
}
