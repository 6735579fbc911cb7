import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { Session } from './gate.js'
import type { Enforcer } from '../providers/provider.js'
import { isSupported, providerOf } from '../providers/registry.js'
import { refusalOfDestroyed, refusalOfExpired } from './time-left.js'

/** Throws LabError lab-expired, or lab-being-destroyed, as `refusalOfExpired` says. */
export function assertNotExpired(lab: AnyLab, now: Date): void {
  const refusal = refusalOfExpired(lab, now)
  if (refusal !== undefined) throw new LabError(refusal)
}

/** Throws LabError lab-being-destroyed. */
export function assertNotBeingDestroyed(lab: AnyLab): void {
  const refusal = refusalOfDestroyed(lab)
  if (refusal !== undefined) throw new LabError(refusal)
}

/** What will end a lab by itself, as found now; empty if it never expires, or is gone. */
export async function enforcersOf(context: Context, lab: AnyLab): Promise<readonly Enforcer[]> {
  if (lab.state === 'destroyed') return []
  // A newer version's provider must not hide a lab from someone who looks.
  if (!isSupported(lab.provider))
    return lab.expiresAt === null ? [] : [{ name: lab.provider, state: 'unknown' }]
  const hooks = await providerOf(lab.provider)
  const found = lab.expiresAt === null ? undefined : await hooks.expiry?.enforcers(context, lab)
  await hooks.here?.rearm(context, lab)
  return found ?? []
}

/**
 * Every command that sees a lab on this computer makes sure that its expiry is enforced here; prints and
 * throws nothing.
 */
export async function rearm(context: Context, lab: AnyLab): Promise<void> {
  if (lab.state === 'destroyed' || !isSupported(lab.provider)) return
  await (await providerOf(lab.provider)).here?.rearm(context, lab)
}

/**
 * Restores what must end a running lab, for example after its watchdog was killed. Returns what enforces its
 * expiry then.
 */
export async function armMissing(session: Session, lab: AnyLab): Promise<readonly Enforcer[]> {
  const enforcers = await enforcersOf(session.context, lab)
  if (!enforcers.some(({ state }) => state === 'missing')) return enforcers
  const { log } = session
  log.warn('nothing enforced the TTL: arming it again', { lab: lab.lab, expiresAt: lab.expiresAt })
  await tellExpiry(session, lab, (text) => log.debug(text))
  return enforcersOf(session.context, lab)
}

/** Makes the provider use `lab.expiresAt`, and records what else that changed. */
export async function tellExpiry(
  session: Session,
  lab: AnyLab,
  detail: (text: string) => void,
): Promise<void> {
  const { context, signal, writer } = session
  const hooks = await providerOf(lab.provider)
  await hooks.expiry?.move(context, lab, {
    signal,
    detail,
    async setTimer(machine, step) {
      const { moveMachineExpiry } = await import('./machine-expiry.js')
      await moveMachineExpiry(context, lab, machine, step)
    },
    async onAddress(name, address) {
      await writer.updateMachine(name, { address })
    },
  })
}
