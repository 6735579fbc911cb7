import { stringify } from 'yaml'

/**
 * Quotes for cloud-init, which reads YAML 1.1 (https://yaml.org/type/int.html,
 * https://yaml.org/type/bool.html): unquoted, the address 52:54:00:51:07:04 is a number in base 60, and a
 * host called `no` is false.
 */
export const cloudYaml = (value: object): string => stringify(value, { version: '1.1', lineWidth: 0 })
