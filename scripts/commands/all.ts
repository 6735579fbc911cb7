import type { Command } from '../command.js'
import { doctorCommand } from './doctor.js'
import { downCommand } from './down.js'
import { execCommand } from './exec.js'
import { historyCommand } from './history.js'
import { imagesCommand } from './images.js'
import { listCommand } from './list.js'
import { lockStatusCommand } from './lock.js'
import { regionsCommand } from './regions.js'
import { sshCommand } from './ssh.js'
import { statusCommand } from './status.js'
import { synthCommand } from './synth.js'
import { upCommand } from './up.js'

/** Every verb, in the order that `--help` shows. */
export const commands: readonly Command[] = [
  upCommand,
  sshCommand,
  execCommand,
  statusCommand,
  listCommand,
  historyCommand,
  lockStatusCommand,
  downCommand,
  imagesCommand,
  regionsCommand,
  synthCommand,
  doctorCommand,
]
