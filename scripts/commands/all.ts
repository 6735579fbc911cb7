import type { Command } from '../command.js'
import { backendInitCommand } from './backend-init.js'
import { backendShowCommand } from './backend-show.js'
import { cleanupCommand } from './cleanup.js'
import { completionCommand } from './completion.js'
import { consoleCommand } from './console.js'
import { cpCommand } from './cp.js'
import { docsCommand } from './docs.js'
import { doctorCommand } from './doctor.js'
import { downCommand } from './down.js'
import { execCommand } from './exec.js'
import { extendCommand } from './extend.js'
import { fixturesApplyCommand } from './fixtures-apply.js'
import { fixturesDiffCommand } from './fixtures-diff.js'
import { fixturesListCommand } from './fixtures-list.js'
import { fixturesVerifyCommand } from './fixtures-verify.js'
import { forwardCommand } from './forward.js'
import { historyCommand } from './history.js'
import { imagesCommand } from './images.js'
import { imagesForgetCommand } from './images-forget.js'
import { imagesImportCommand } from './images-import.js'
import { imagesPruneCommand } from './images-prune.js'
import { imagesWarmCommand } from './images-warm.js'
import { listCommand } from './list.js'
import { lockBreakCommand } from './lock-break.js'
import { lockStatusCommand } from './lock-status.js'
import { netBreakCommand } from './net-break.js'
import { netCaptureCommand } from './net-capture.js'
import { netHealCommand } from './net-heal.js'
import { planCommand } from './plan.js'
import { reapCommand } from './reap.js'
import { recoverCommand } from './recover.js'
import { regionsCommand } from './regions.js'
import { resetCommand } from './reset.js'
import { sshCommand } from './ssh.js'
import { sshConfigCommand } from './ssh-config.js'
import { startCommand } from './start.js'
import { statusCommand } from './status.js'
import { stopCommand } from './stop.js'
import { swapCommand } from './swap.js'
import { synthCommand } from './synth.js'
import { upCommand } from './up.js'

/** Every verb, in the order that `--help` shows. */
export const commands: readonly Command[] = [
  upCommand,
  planCommand,
  swapCommand,
  resetCommand,
  sshCommand,
  sshConfigCommand,
  execCommand,
  fixturesApplyCommand,
  fixturesVerifyCommand,
  fixturesDiffCommand,
  fixturesListCommand,
  cpCommand,
  forwardCommand,
  consoleCommand,
  stopCommand,
  startCommand,
  statusCommand,
  listCommand,
  historyCommand,
  extendCommand,
  netBreakCommand,
  netHealCommand,
  netCaptureCommand,
  lockStatusCommand,
  lockBreakCommand,
  recoverCommand,
  downCommand,
  cleanupCommand,
  reapCommand,
  imagesCommand,
  imagesImportCommand,
  imagesForgetCommand,
  imagesWarmCommand,
  imagesPruneCommand,
  regionsCommand,
  synthCommand,
  backendInitCommand,
  backendShowCommand,
  doctorCommand,
  docsCommand,
  completionCommand,
]
