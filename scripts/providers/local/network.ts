import type { Writable } from 'node:stream'
import type { AnyLab } from '../../../backend/lab.js'
import type { LabFacts } from '../../../backend/record-schema.js'
import { makeFolder } from '../../../local-vm/machine/folder.js'
import { captureFrames } from '../../../local-vm/network/ask-switch.js'
import { LONGEST_RECORD } from '../../../local-vm/network/pcap.js'
import { type NetworkFiles, networkFiles } from '../../../local-vm/network/network-files.js'
import { type Pair, readBroken, withoutPair, withPair, writeBroken } from '../../../local-vm/network/pairs.js'
import { requireSwitch } from '../../../local-vm/network/switch-process.js'
import type { CaptureWish, PrivateNetwork } from '../provider.js'
import { looking } from './in-process.js'
import { keyOf, placeOf } from './machine.js'

/** The lab was made with one, according to its record. */
const hasPrivateNetwork = ({ machines }: Pick<LabFacts, 'machines'>): boolean =>
  machines.some(({ privateAddress }) => typeof privateAddress === 'string')

/** The switch of local-vm/network/. Callers hold the lab's lease where they change something. */
export const localNetwork: PrivateNetwork = {
  has: hasPrivateNetwork,
  broken: (lab) => readBroken(filesOf(lab)),
  sever: (lab, pair) => looking(change(filesOf(lab), (broken) => withPair(broken, pair))),
  heal: (lab, pairs) => looking(change(filesOf(lab), (broken) => pairs.reduce(withoutPair, broken))),
  capture: (lab, wish, sink, enough) => looking(capture(filesOf(lab), wish, sink, enough)),
}

/** Starts the switch if it has died. Never makes a command fail. */
export async function rearmNetwork(lab: Pick<LabFacts, 'machines'>): Promise<void> {
  if (!hasPrivateNetwork(lab)) return
  const { rearmSwitch } = await import('../../../local-vm/network/rearm-switch.js')
  await rearmSwitch(lab.machines.filter(({ place }) => place !== undefined).map(keyOf))
}

function filesOf({ machines }: AnyLab): NetworkFiles {
  const [first] = machines
  if (first === undefined) throw new TypeError('a private network has machines')
  return networkFiles(placeOf(first))
}

/** The file first: a switch that starts later obeys it too. */
async function change(
  files: NetworkFiles,
  changed: (broken: readonly Pair[]) => readonly Pair[],
): Promise<readonly Pair[]> {
  await makeFolder(files.directory)
  await writeBroken(files, changed(await readBroken(files)))
  await requireSwitch(files)
  return readBroken(files)
}

async function capture(
  files: NetworkFiles,
  { machine, maxBytes }: CaptureWish,
  sink: Writable & { readonly bytesWritten?: number },
  enough: AbortSignal,
): Promise<'full' | 'enough' | 'lost'> {
  await requireSwitch(files)
  await captureFrames(files, { machine: machine ?? null, maxBytes }, sink, enough)
  if (enough.aborted) return 'enough'
  return (sink.bytesWritten ?? 0) > maxBytes - LONGEST_RECORD ? 'full' : 'lost'
}
