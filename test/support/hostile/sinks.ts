import { hostile } from '../backend/hostile-values.js'
import type { Canaries } from './canaries.js'

/** What would do visible harm, by where it would do it: each would make `ran`, or hit the canaries. */
export const sinkValues = ({ ran, documents }: Canaries): Readonly<Record<string, string>> => ({
  'a command in $( )': `$(touch ${ran})`,
  'a command after ;': `x;touch ${ran};`,
  'a command in backticks': `\`touch ${ran}\``,
  'a command after a quote': `x';touch ${ran};'`,
  'an option of ssh': `-oProxyCommand=touch ${ran}`,
  'a line of an ssh configuration': `x\n  ProxyCommand touch ${ran}`,
  'a line of known_hosts': hostile['known_hosts']?.[0] ?? '',
  'an option of QEMU': `x,guestfwd=tcp:10.0.2.1:80-cmd:touch ${ran}`,
  'a template of HCL': '${file("/etc/passwd")}',
  'a directive of HCL': '%{ for x in [1] }x%{ endfor }',
  'a path upwards': '../../../user/Documents',
  "a folder of the user's": documents,
  'a title of the terminal': '\u001b]0;x\u0007',
  'a cleared screen': 'x\u001b[2J\u009b31m',
  'text from right to left': 'x\u202egnp.exe',
  'a line of our own': 'x\nNext:  rm -rf /',
  YAML: '!!js/function x',
})
