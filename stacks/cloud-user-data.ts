import { cloudYaml } from './cloud-yaml.js'

export interface UserDataInput {
  readonly hostname: string
  /** Each one line of authorized_keys form. */
  readonly publicKeys: readonly string[]
  /** When the machine shuts itself down, in seconds since 1970; null: never. */
  readonly powerOffAt: number | null
}

/**
 * Holds the time at which the machine shuts itself down, in seconds since 1970. Write another number to move
 * it.
 */
export const EXPIRY_FILE = '/etc/distrolab-expires'

/**
 * cloud-init's user data on a cloud. It also gives the key to the image's own first user, because some images
 * read fewer key types from the metadata. ed25519 host keys only, no passwords, no upgrade at boot.
 */
export function buildUserData({ hostname, publicKeys, powerOffAt }: UserDataInput): string {
  const userData = {
    hostname,
    manage_etc_hosts: true,
    ssh_authorized_keys: [...publicKeys],
    ssh_pwauth: false,
    disable_root: true,
    ssh_genkeytypes: ['ed25519'],
    package_update: false,
    ...(powerOffAt === null ? {} : powerOff(powerOffAt)),
  }
  return `#cloud-config\n${cloudYaml(userData)}`
}

/** The pid of the loop, if systemd does not run it. */
const PID_FILE = '/run/distrolab-expiry.pid'
const UNIT = 'distrolab-expiry'
/** No lab lives that long. */
const NEVER = 9_999_999_999

/**
 * At every boot a loop compares the clock with the file. So a reboot, a clock that is set late and a moved
 * expiry all work, and a machine that has already expired shuts down immediately.
 */
const powerOff = (seconds: number): Record<string, unknown> => ({
  write_files: [{ path: EXPIRY_FILE, content: `${seconds}\n`, permissions: '0644' }],
  bootcmd: [['sh', '-c', startLoop(seconds)]],
})

/**
 * A script for root on a running machine, which then uses this time. The machine may have had no time before.
 */
export function moveExpiryScript(at: number | null): string {
  const seconds = at ?? NEVER
  return [
    `echo ${seconds} >${EXPIRY_FILE} || exit`,
    `systemctl -q is-active ${UNIT} 2>/dev/null && exit`,
    `kill -0 "$(cat ${PID_FILE} 2>/dev/null)" 2>/dev/null && exit`,
    startLoop(seconds),
  ].join('\n')
}

function startLoop(seconds: number): string {
  const loop =
    `while [ "$(date +%s)" -lt "$(cat ${EXPIRY_FILE} 2>/dev/null || echo ${seconds})" ]; do sleep 30; done; ` +
    'poweroff'
  return [
    'if command -v systemd-run >/dev/null 2>&1',
    `then systemd-run --unit=${UNIT} --collect sh -c '${loop}'`,
    `else nohup sh -c 'echo $$ >${PID_FILE}; ${loop}' >/dev/null 2>&1 &`,
    'fi',
  ].join('\n')
}
