import { stringify } from 'yaml'

export interface UserDataInput {
  readonly hostname: string
  readonly publicKey: string
  /** Seconds since 1970: when the machine switches itself off; null: never. */
  readonly powerOffAt: number | null
}

/** Holds the seconds since 1970 at which the machine switches itself off; who writes another number moves it. */
export const EXPIRY_FILE = '/etc/distrolab-expires'

/**
 * cloud-init's user data on a cloud. The image's own first user gets the key here too, because some images take it from
 * the metadata in fewer forms. ed25519 host keys only, no passwords, no upgrade at boot.
 */
export function buildUserData({ hostname, publicKey, powerOffAt }: UserDataInput): string {
  const userData = {
    hostname,
    manage_etc_hosts: true,
    ssh_authorized_keys: [publicKey],
    ssh_pwauth: false,
    disable_root: true,
    ssh_genkeytypes: ['ed25519'],
    package_update: false,
    ...(powerOffAt === null ? {} : powerOff(powerOffAt)),
  }
  return `#cloud-config\n${stringify(userData, { lineWidth: 0 })}`
}

/**
 * At every boot a loop compares the clock with the file: a reboot, a clock that is set late and a moved expiry all
 * come out right, and an expiry that has passed switches off at once.
 */
function powerOff(seconds: number): Record<string, unknown> {
  const loop =
    `while [ "$(date +%s)" -lt "$(cat ${EXPIRY_FILE} 2>/dev/null || echo ${seconds})" ]; do sleep 30; done; ` +
    'poweroff'
  const start = [
    'if command -v systemd-run >/dev/null 2>&1',
    `then systemd-run --unit=distrolab-expiry --collect sh -c '${loop}'`,
    `else nohup sh -c '${loop}' >/dev/null 2>&1 &`,
    'fi',
  ].join('\n')
  return {
    write_files: [{ path: EXPIRY_FILE, content: `${seconds}\n`, permissions: '0644' }],
    bootcmd: [['sh', '-c', start]],
  }
}
