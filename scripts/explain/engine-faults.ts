import { isImageName } from '../../backend/image-name.js'
import type { EngineFault } from '../engine/faults.js'
import { EXIT, indented, logNote, runbookCommand, type Explanations, withRunbook } from './explanation.js'
import { asIs, typed } from '../report/typed.js'

const AT_EACH_COMPUTER =
  'Set `encryption:` in the configuration, and the passphrase or key, to those that the lab was created with.'

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
        : typed`distrolab recover ${lab}    # shows where it stands, and how to continue or remove it.${asIs(logNote(log))}`,
      'stuck-state',
    ),
    exitCode: EXIT.failed,
  }),
  'machine-not-importable': ({ address }) => ({
    message: `OpenTofu no longer tracks ${address}, which still exists, and can take it back only by recreating it. It was left as it is.`,
    hint: withRunbook(
      'distrolab ssh LAB    # to save what is on it\n  distrolab down LAB && distrolab up LAB    # recreates it',
      'corrupted-record',
    ),
    exitCode: EXIT.failed,
  }),
  'engine-timeout': ({ operation, passed, seconds, pid }) => ({
    message: `OpenTofu was stopped at ${operation}: it ${passed === 'quiet' ? 'showed no progress for' : 'did not end within'} ${seconds} s.${pid === null ? '' : ` It is still running (pid ${pid}).`}`,
    hint: withRunbook(
      pid === null
        ? 'distrolab up LAB --apply-timeout 30m    # continues with a longer limit; or distrolab down LAB'
        : typed`kill -KILL ${pid}    # if it does not end by itself; then: distrolab up LAB`,
      'stuck-state',
    ),
    exitCode: EXIT.timeout,
  }),
  'engine-locked': ({ lockId, who, created, holder, engine, folder, isEncrypted }) => ({
    message: `OpenTofu's own state lock is held by ${who} since ${created}.`,
    hint: withRunbook(
      holder === 'running'
        ? 'pgrep -a tofu    # shows the process, which releases the lock when it ends; then run the same command again'
        : typed`Once no OpenTofu of that holder is running: cd ${folder} && ${engine} force-unlock ${lockId}${asIs(isEncrypted ? `    # with TF_ENCRYPTION set as in: ${runbookCommand('destroy-by-hand')}` : '')}`,
      'engine-lock',
    ),
    exitCode: EXIT.locked,
  }),
  'engine-lock-raced': ({ operation }) => ({
    message: `Another OpenTofu held the lock of this lab's state at the same moment; this one failed at ${operation}.`,
    hint: withRunbook(
      "Run the same command again. If it keeps failing and no OpenTofu is running, remove the object that ends in .tflock from the lab's folder in the bucket.",
      'engine-lock',
    ),
    exitCode: EXIT.locked,
  }),
  'engine-disk-full': ({ operation }) => ({
    message: `The disk is full; OpenTofu failed at ${operation}.`,
    hint: withRunbook('Free some space and run the same command again.', 'lost-work-folder'),
    exitCode: EXIT.failed,
  }),
  'state-forbidden': ({ operation, reason }) => ({
    message: `OpenTofu may not read, write or lock the lab's state; it failed at ${operation}: ${reason}`,
    hint: "Have read, write and delete access granted for every object in the lab's folder, including the one that ends in .tflock, and run the same command again. What already exists is recorded.",
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
    message: `The lab's state cannot be reached; OpenTofu failed at ${operation}: ${reason}`,
    hint: withRunbook('Check the network and run the same command again.', 'dropped-network'),
    exitCode: EXIT.failed,
  }),
  'state-bucket-missing': ({ operation, reason }) => ({
    message: `The bucket of the lab's state does not exist; OpenTofu failed at ${operation}: ${reason}`,
    hint: 'Correct its name where it was given (--backend, DISTROLAB_BACKEND or the configuration file), or create the bucket.',
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
    message: `This OpenTofu cannot read the lab's state, which is encrypted or damaged; it failed at ${operation}.`,
    hint: AT_EACH_COMPUTER,
    exitCode: EXIT.failed,
  }),
  'state-unencrypted': ({ operation }) => ({
    message: `The lab's state is not encrypted, but the configuration requires encryption; OpenTofu failed at ${operation}.`,
    hint: withRunbook(
      'Find out who wrote it, and do not use it without `encryption:`. The runbook says how to remove the lab without its state.',
      'refused-state',
    ),
    exitCode: EXIT.usage,
  }),
  'state-refused': ({ lab, place, problems }) => ({
    message: `The OpenTofu state of ${lab} (${place}) names what distrolab did not create, so OpenTofu was not started:${indented(problems)}`,
    hint: withRunbook(
      isImageName(lab)
        ? typed`Find out who wrote ${place}.`
        : typed`distrolab recover ${lab}    # shows how to remove the lab without that state; first find out who wrote it`,
      'refused-state',
    ),
    exitCode: EXIT.failed,
  }),
  'provider-refused': ({ place, providers }) => ({
    message: `OpenTofu downloaded providers that labs of this kind do not use; none of them was run:${indented(providers)}`,
    hint: withRunbook(
      typed`Find out who changed the lab's state in the meantime. The providers were removed from ${place}.`,
      'refused-state',
    ),
    exitCode: EXIT.failed,
  }),
  'passphrase-missing': ({ variable }) => ({
    message: `The lab's state is encrypted with the passphrase in ${variable}, which is not set.`,
    hint: typed`read -rs ${variable} && export ${variable}    # reads it without showing it; in CI make it a secret`,
    exitCode: EXIT.credentials,
  }),
  'passphrase-short': ({ variable, minimum }) => ({
    message: `The passphrase in ${variable} is too short: OpenTofu needs at least ${minimum} characters.`,
    hint: 'openssl rand -base64 32    # a good one; keep it where the team keeps its secrets',
    exitCode: EXIT.usage,
  }),
  'state-superseded': ({ place, problems }) => ({
    message: `A state that OpenTofu could not write earlier no longer matches the stored one:${indented(problems)}`,
    hint: typed`tofu show ${place}    # shows what it lists; if none of that exists any more: rm ${place}`,
    exitCode: EXIT.failed,
  }),
}
