import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeControl } from './network/control.js'
import { LabSwitch } from './network/lab-switch.js'
import { type NetworkFiles, networkFilesIn } from './network/network-files.js'

/**
 * `switch.js <folder>`: the private network of the lab with this folder. The driver starts it detached
 * (network/switch-process.ts). It ends when no machine has been connected for a while, when a newer switch
 * has taken its place, or when its folder is gone.
 */

const LOOK_MS = 1_000
const IDLE_MS = 20_000

async function serve(lab: LabSwitch, files: NetworkFiles): Promise<string> {
  const isInControl = await takeControl(lab, files, say)
  for (;;) {
    await lab.look()
    if (!(await isInControl())) return 'another switch has taken over, or the lab is gone'
    if (lab.idleMs > IDLE_MS) return 'no machine is connected'
    await sleep(LOOK_MS)
  }
}

/** Standard error is the network's switch.log. */
function say(text: string): void {
  try {
    writeSync(2, `${new Date().toISOString()} ${text}\n`)
  } catch {
    // A full disk is no reason to cut the machines off: text that could not be written is lost.
  }
}

// A stray socket error must not cut the machines off.
process.on('uncaughtException', (error) => say(String(error)))
const [folder] = process.argv.slice(2)
if (folder !== undefined) {
  const files = networkFilesIn(folder)
  const lab = new LabSwitch(files, say)
  say(`ends: ${await serve(lab, files).catch(String)}`)
  lab.close()
}
