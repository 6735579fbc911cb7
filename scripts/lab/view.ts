import { join } from 'node:path'
import type { AnyLab } from '../../backend/lab.js'
import { spaceOf, type Context } from '../context.js'
import type { Power } from '../../local-vm/qemu/power.js'
import { sshAlias, sshCommand } from '../machine/ssh-config.js'
import { keyFiles, keyFolder } from '../workspace.js'
import { armMissing, enforcersOf } from './expiry.js'
import type { Session } from './gate.js'
import { mismatchOf } from './own-facts.js'
import { powersOf, type Powers } from './powers.js'
import type { Enforcer } from '../providers/provider.js'
import type { Timing } from './steps.js'
import { expiresInMs } from './time-left.js'

/** A lab in the form that `up` and `list` show. */
export interface LabView {
  readonly lab: string
  readonly profile: string
  readonly provider: string
  readonly region: string
  readonly distro: string
  readonly state: string
  readonly machines: readonly {
    readonly name: string
    readonly address: string | null
    readonly port: number | null
    readonly user: string
    readonly ssh: string
    /** What a local VM is doing right now; null if no one looked. */
    readonly power: Power | null
  }[]
  readonly expiresAt: string | null
  /** Milliseconds; negative after its expiry, null if it never expires. */
  readonly expiresInMs: number | null
  readonly enforcers: readonly Enforcer[]
  readonly costPerHourUsd: number
  readonly timings: readonly Timing[]
}

/** From the record; `now` by our own clock. */
export const viewLab = async (context: Context, lab: AnyLab, now: Date): Promise<LabView> =>
  viewOf(context, lab, {
    now,
    enforcers: await enforcersShown(context, lab),
    powers: await powersOf(context, lab),
    timings: lab.steps.map(({ name, ms }) => ({ step: name, ms })),
  })

/** Never look for a machine whose record is not believed. */
const enforcersShown = async (context: Context, lab: AnyLab): Promise<readonly Enforcer[]> =>
  mismatchOf(context, lab) === undefined
    ? enforcersOf(context, lab)
    : [{ name: lab.provider, state: 'unknown' }]

/** Whatever a command found or made must end by itself when it expires. */
export async function armedView(session: Session, lab: AnyLab, timings: readonly Timing[]): Promise<LabView> {
  const enforcers = await armMissing(session, lab)
  // Arming it may have given a machine another address.
  return viewOf(session.context, session.writer.lab ?? lab, {
    now: session.lease.storeTime(),
    enforcers,
    powers: await powersOf(session.context, session.writer.lab ?? lab),
    timings,
  })
}

interface Looked extends Pick<LabView, 'enforcers' | 'timings'> {
  readonly now: Date
  readonly powers: Powers
}

function viewOf(context: Context, lab: AnyLab, { now, enforcers, powers, timings }: Looked): LabView {
  const configFile = join(keyFolder(spaceOf(context, lab), lab.lab), keyFiles.sshConfig)
  return {
    lab: lab.lab,
    profile: lab.profile,
    provider: lab.provider,
    region: lab.region,
    distro: lab.distro,
    state: lab.state,
    machines: lab.machines.map(({ name, address, port, user }) => ({
      name,
      address,
      port,
      user,
      ssh: sshCommand(configFile, sshAlias(lab.lab, name)),
      power: powers[name] ?? null,
    })),
    expiresAt: lab.expiresAt,
    expiresInMs: expiresInMs(lab, now),
    enforcers,
    costPerHourUsd: lab.costPerHourUsd,
    timings,
  }
}
