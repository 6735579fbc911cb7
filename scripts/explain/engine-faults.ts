import { isImageName } from '../../backend/image-name.js'
import type { EngineFault } from '../engine/faults.js'
import { EXIT, indented, logNote, runbookCommand, type Explanations, withRunbook } from './explanation.js'
import { asIs, typed } from '../report/typed.js'

const AT_EACH_COMPUTER =
  'Set `encryption:` in the configuration, and the passphrase or key, to what the lab was made with.'

export const engineExplanations: Explanations<EngineFault> = {
  'engine-missing': ({ minimum, rejected }) => ({
    message: `No OpenTofu ${minimum} or newer was found.${indented(rejected)}`,
    hint: 'Install OpenTofu (https://opentofu.org/docs/intro/install/), or name a binary with DISTROLAB_TOFU, or a copy of its releases with DISTROLAB_ENGINE_MIRROR.',
    exitCode: EXIT.failed,
  }),
  'engine-failed': ({ operation, problems, lab, log }) => ({
    message: `OpenTofu failed at ${operation}:${indented(problems)}`,
    hint: withRunbook(
      lab === undefined
        ? typed`The lines above are OpenTofu's own; -v shows what came before them.${asIs(logNote(log))}`
        : typed`distrolab recover ${lab}    # shows where it stands, and how to go on or to remove it.${asIs(logNote(log))}`,
      'stuck-state',
    ),
    exitCode: EXIT.failed,
  }),
  'machine-not-importable': ({ address }) => ({
    message: `OpenTofu no longer knows ${address}, which still exists, and could take it back only by making it anew. It was left as it is.`,
    hint: withRunbook(
      'distrolab ssh LAB    # to save what is on it\n  distrolab down LAB && distrolab up LAB    # makes it anew',
      'corrupted-record',
    ),
    exitCode: EXIT.failed,
  }),
  'engine-timeout': ({ operation, passed, seconds, pid }) => ({
    message: `OpenTofu was stopped at ${operation}: it ${passed === 'quiet' ? 'showed no progress for' : 'did not end within'} ${seconds} s.${pid === null ? '' : ` It has not ended yet (pid ${pid}).`}`,
    hint: withRunbook(
      pid === null
        ? 'distrolab up LAB --apply-timeout 30m    # goes on with it and gives it longer; or distrolab down LAB'
        : typed`kill -KILL ${pid}    # if it does not end by itself; then: distrolab up LAB`,
      'stuck-state',
    ),
    exitCode: EXIT.timeout,
  }),
  'engine-locked': ({ lockId, who, created, holder, engine, folder, isEncrypted }) => ({
    message: `OpenTofu's own state lock is held by ${who} since ${created}.`,
    hint: withRunbook(
      holder === 'running'
        ? 'pgrep -a tofu    # shows the process: the lock goes with it; then run the same command again'
        : typed`When no OpenTofu of that holder runs any more: cd ${folder} && ${engine} force-unlock ${lockId}${asIs(isEncrypted ? `    # with TF_ENCRYPTION set as in: ${runbookCommand('destroy-by-hand')}` : '')}`,
      'engine-lock',
    ),
    exitCode: EXIT.locked,
  }),
  'engine-lock-raced': ({ operation }) => ({
    message: `Another OpenTofu had the lock of this lab's state at that very moment; ours failed at ${operation}.`,
    hint: withRunbook(
      "Run the same command again. If that never helps and no OpenTofu runs: remove the object that ends in .tflock in the lab's folder of the bucket.",
      'engine-lock',
    ),
    exitCode: EXIT.locked,
  }),
  'engine-disk-full': ({ operation }) => ({
    message: `There is no room left on the disk; OpenTofu failed at ${operation}.`,
    hint: withRunbook('Make room and run the same command again.', 'lost-work-folder'),
    exitCode: EXIT.failed,
  }),
  'state-forbidden': ({ operation, reason }) => ({
    message: `OpenTofu may not read, write or lock the lab's state; it failed at ${operation}: ${reason}`,
    hint: "Have reading, writing and deleting granted for all objects of the lab's folder, the one that ends in .tflock too, and run the same command again; what was made already is known.",
    exitCode: EXIT.failed,
  }),
  'state-credentials': ({ operation, reason }) => ({
    message: `There are no valid credentials for the lab's state; OpenTofu failed at ${operation}: ${reason}`,
    hint: withRunbook(
      'Log in again (aws sso login, gcloud auth application-default login) and run the same command again.',
      'expired-credentials',
    ),
    exitCode: EXIT.credentials,
  }),
  'state-unreachable': ({ operation, reason }) => ({
    message: `The lab's state can't be reached; OpenTofu failed at ${operation}: ${reason}`,
    hint: withRunbook('Check the network and run the same command again.', 'dropped-network'),
    exitCode: EXIT.failed,
  }),
  'state-bucket-missing': ({ operation, reason }) => ({
    message: `There is no bucket for the lab's state; OpenTofu failed at ${operation}: ${reason}`,
    hint: 'Correct its name where it was given (--backend, DISTROLAB_BACKEND or the configuration file), or make the bucket.',
    exitCode: EXIT.usage,
  }),
  'state-undecryptable': ({ operation }) => ({
    message: `The lab's state is encrypted with another passphrase or key; OpenTofu failed at ${operation}.`,
    hint: AT_EACH_COMPUTER,
    exitCode: EXIT.credentials,
  }),
  'state-encrypted': ({ operation }) => ({
    message: `The lab's state is encrypted, and no encryption is configured here; OpenTofu failed at ${operation}.`,
    hint: AT_EACH_COMPUTER,
    exitCode: EXIT.credentials,
  }),
  'state-unreadable': ({ operation }) => ({
    message: `The lab's state is none that this OpenTofu can read: it is encrypted, or damaged; it failed at ${operation}.`,
    hint: AT_EACH_COMPUTER,
    exitCode: EXIT.failed,
  }),
  'state-unencrypted': ({ operation }) => ({
    message: `The lab's state is not encrypted, and the configuration wants that it is; OpenTofu failed at ${operation}.`,
    hint: withRunbook(
      'Find out who wrote it, and do not run it without `encryption:`: the page says how to remove the lab without its state.',
      'refused-state',
    ),
    exitCode: EXIT.usage,
  }),
  'state-refused': ({ lab, place, problems }) => ({
    message: `OpenTofu's state of ${lab} (${place}) names what distrolab has not made, and OpenTofu was not started:${indented(problems)}`,
    hint: withRunbook(
      isImageName(lab)
        ? typed`Find out who wrote ${place}.`
        : typed`distrolab recover ${lab}    # shows how to remove the lab without that state; first find out who wrote it`,
      'refused-state',
    ),
    exitCode: EXIT.failed,
  }),
  'provider-refused': ({ place, providers }) => ({
    message: `OpenTofu has loaded providers that labs of this kind do not have, and nothing of them was run:${indented(providers)}`,
    hint: withRunbook(
      typed`Find out who changed the lab's state meanwhile. They were removed from ${place}.`,
      'refused-state',
    ),
    exitCode: EXIT.failed,
  }),
  'passphrase-missing': ({ variable }) => ({
    message: `The lab's state is encrypted with the passphrase in ${variable}, and that is not set.`,
    hint: typed`read -rs ${variable} && export ${variable}    # asks for it without showing it; in CI make it a secret`,
    exitCode: EXIT.credentials,
  }),
  'passphrase-short': ({ variable, minimum }) => ({
    message: `The passphrase in ${variable} is too short: OpenTofu takes ${minimum} characters or more.`,
    hint: 'openssl rand -base64 32    # a good one; keep it where the team keeps its secrets',
    exitCode: EXIT.usage,
  }),
  'state-superseded': ({ place, problems }) => ({
    message: `A state that OpenTofu could not write earlier does not fit the stored one any more:${indented(problems)}`,
    hint: typed`tofu show ${place}    # shows what it knew; when nothing of that is left: rm ${place}`,
    exitCode: EXIT.failed,
  }),
}
