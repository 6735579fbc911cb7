import type { BackendFault } from '../../backend/errors.js'
import { EXIT, indented, type Explanations } from './explanation.js'

export const backendExplanations: Explanations<BackendFault> = {
  'guard-timeout': ({ path, pid, host }) => ({
    message: `Another process keeps ${path} (pid ${pid} on ${host}).`,
    hint: `When that process is gone for good: rm ${path}`,
    exitCode: EXIT.locked,
  }),
  'object-exists': ({ key }) => ({
    message: `${key} was made by somebody else at the same moment.`,
    hint: 'Run the same command again.',
    exitCode: EXIT.failed,
  }),
  'object-changed': ({ key }) => ({
    message: `${key} was changed by somebody else at the same moment.`,
    hint: 'Run the same command again.',
    exitCode: EXIT.failed,
  }),
  'store-unwritable': ({ place, reason }) => ({
    message: `The backend can't be written: ${place}: ${reason}.`,
    hint: 'Make room or make it writable, or choose another place with DISTROLAB_HOME or --backend; nothing was lost.',
    exitCode: EXIT.failed,
  }),
  'store-unreadable': ({ place, reason }) => ({
    message: `The backend can't be read: ${place}: ${reason}.`,
    hint: 'Make it readable, or choose another place with DISTROLAB_HOME or --backend.',
    exitCode: EXIT.failed,
  }),
  'key-invalid': ({ key }) => ({
    message: `"${key}" is no name for an object of the backend.`,
    hint: '',
    exitCode: EXIT.failed,
  }),
  'backend-unsupported': ({ given, kind }) => ({
    message: `--backend: ${kind} backends are not part of this version (got "${given}").`,
    hint: 'Use a folder: --backend file:///srv/labs',
    exitCode: EXIT.usage,
  }),
  'backend-url-invalid': ({ given, expected }) => ({
    message: `--backend: expected ${expected}, got "${given}".`,
    hint: 'For example: --backend file:///srv/labs',
    exitCode: EXIT.usage,
  }),
  'record-unreadable': ({ lab, place, problems }) => ({
    message: `The record of ${lab} can't be read (${place}):${indented(problems)}`,
    hint: `It was left as it is. The lab itself can still be removed by hand: docs/runbooks/corrupted-record.md`,
    exitCode: EXIT.failed,
  }),
  'transition-illegal': ({ lab, from, to }) => ({
    message: `${lab} can't go from ${from} to ${to}.`,
    hint: `distrolab status ${lab}`,
    exitCode: EXIT.failed,
  }),
  'lease-held': ({ lab, holder }) => ({
    message: `${lab} is held by ${holder.user}@${holder.host} (pid ${holder.pid}), running ${holder.command} since ${holder.since}${holder.ciRunUrl === undefined ? '' : `, ${holder.ciRunUrl}`}.`,
    hint: `distrolab lock status ${lab}    # or wait longer with --wait-lock 30m`,
    exitCode: EXIT.locked,
  }),
  'lease-lost': ({ lab, reason }) => ({
    message: `The lease of ${lab} was lost: ${reason}. Nothing more was changed.`,
    hint: `distrolab status ${lab}`,
    exitCode: EXIT.locked,
  }),
}
