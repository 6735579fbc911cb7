import { cloudYaml } from './cloud-yaml.js'

export interface UserDataInput {
  readonly hostname: string
  /** Each one line of authorized_keys form. */
  readonly publicKeys: readonly string[]
  /** Seconds since 1970: when the machine switches itself off; null: never. */
  readonly powerOffAt: number | null
}

/** Holds the seconds since 1970 at which the machine switches itself off; who writes another number moves it. */
export const EXPIRY_FILE = '/etc/distrolab-expires'

/**
 * cloud-init's user data on a cloud. The image's own first user gets the key here too, because some images take it from
 * the metadata in fewer forms. ed25519 host keys only, no passwords, no upgrade at boot.
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

/** Of the loop, where no systemd keeps it. */
const PID_FILE = '/run/distrolab-expiry.pid'
const UNIT = 'distrolab-expiry'
/** Nobody's lab lives that long. */
const NEVER = 9_999_999_999

/**
 * At every boot a loop compares the clock with the file: a reboot, a clock that is set late and a moved expiry all
 * come out right, and an expiry that has passed switches off at once.
 */
const powerOff = (seconds: number): Record<string, unknown> => ({
  write_files: [{ path: EXPIRY_FILE, content: `${seconds}\n`, permissions: '0644' }],
  bootcmd: [['sh', '-c', startLoop(seconds)]],
})

/** A script for root on a running machine: from now on it goes by this time. It may have had none before. */
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
