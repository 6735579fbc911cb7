import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer as createTcpServer } from 'node:net'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { KNOBS_VARIABLE, readKnobs } from '../../stand-in/knobs.js'
import { FakeSnapshots } from './fake-snapshots.js'
import { standInDisk } from './stand-in-disk.js'

/**
 * A stand-in for QEMU, as far as the driver can see: it daemonises, binds the forwarded port and the QMP socket,
 * writes its pid file, answers QMP, and ends on `quit` and `system_powerdown`. Its deeds are in fake-qemu.log.
 * FAKE_QEMU=fail: exits 1. =mute: never answers. =slow: takes a second to come up; =later: eight. =deaf: does not end on
 * `system_powerdown`. =busy: its guest works until there is a file `rest`. =without-io_uring: as where the kernel
 * forbids it. More modes are those of its snapshots.
 */

const words = process.argv.slice(2)
const valueOf = (option: string): string => words[words.indexOf(option) + 1] ?? ''
const port = Number(/127\.0\.0\.1:(\d+)-/.exec(valueOf('-netdev'))?.[1])
const mode = process.env['FAKE_QEMU'] ?? ''
const log = (line: string): void => appendFileSync(process.env['FAKE_QEMU_LOG'] ?? '/dev/null', `${line}\n`)

if (process.env['FAKE_QEMU_DAEMON'] === '1') serve()
else daemonise()

function daemonise(): void {
  if (mode === 'fail') {
    console.error('qemu-system-x86_64: cannot set up guest memory')
    process.exitCode = 1
    return
  }
  if (mode === 'without-io_uring' && words.some((word) => word.includes('"aio":"io_uring"'))) {
    console.error('qemu-system-x86_64: -blockdev: failed to init linux io_uring ring')
    process.exitCode = 1
    return
  }
  const env = { ...process.env, FAKE_QEMU_DAEMON: '1' }
  const script = process.argv[1] ?? ''
  const child = spawn(process.execPath, [script, ...words], {
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.on('message', (message) => {
    if (message !== 'ready')
      console.error(`Could not set up host forwarding rule 'tcp:127.0.0.1:${port}-:22'`)
    process.exit(message === 'ready' ? 0 : 1)
  })
}

function serve(): void {
  log(`start ${process.pid}`)
  const delay = { slow: 1_000, later: 8_000 }[mode] ?? 0
  setTimeout(() => {
    writeFileSync(valueOf('-pidfile'), `${process.pid}\n`)
    const ssh = createTcpServer()
    ssh.on('error', () => tell('taken', () => process.exit(1)))
    ssh.listen(port, '127.0.0.1', () => (mode === 'mute' ? tell('ready') : serveQmp()))
  }, delay)
}

let status = words.includes('-S') ? 'prelaunch' : 'running'

/** The state that a knob asked for last, and went on from. */
let left: string | undefined

function runState(): { status: string; running: boolean } {
  const asked = readKnobs(process.env[KNOBS_VARIABLE]).runState
  if (asked === undefined) left = undefined
  const now = asked === undefined || asked === left ? status : asked
  return { status: now, running: now === 'running' }
}

function goOn(): void {
  const { runState: asked, isFull } = readKnobs(process.env[KNOBS_VARIABLE])
  status = 'running'
  left = isFull === true ? undefined : asked
}

function serveQmp(): void {
  const disks = words.filter((word) => word.startsWith('{')).flatMap(writableDisk)
  const snapshots = new FakeSnapshots(diskFolder(), disks, mode)
  const qmp = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\n')
    createInterface({ input: socket }).on('line', (line) => {
      const { execute, arguments: args = {} } = JSON.parse(line) as { execute: string; arguments?: object }
      log(execute)
      if (execute === 'cont' && readKnobs(process.env[KNOBS_VARIABLE]).refusesCont === true) {
        const error = { class: 'GenericError', desc: 'Resetting the Virtual Machine is required' }
        return void socket.write(`${JSON.stringify({ error })}\n`)
      }
      const state = execute === 'query-status' ? runState() : undefined
      const result = state ?? snapshots.execute(execute, args)
      if (execute === 'cont') goOn()
      if (execute === 'stop') status = 'paused'
      if (execute === 'snapshot-load' && mode === 'load-fails') status = 'restore-vm'
      socket.write(`{"event": "NOISE"}\n${JSON.stringify({ return: result ?? {} })}\n`)
      if (execute === 'quit' || (execute === 'system_powerdown' && mode !== 'deaf')) process.exit(0)
    })
  })
  qmp.listen('qmp.sock', () => {
    tell('ready')
    if (mode === 'busy') work()
  })
}

/** Beside the file that it is told of by its test. */
function diskFolder(): string {
  const given = process.env[KNOBS_VARIABLE] ?? process.env['FAKE_QEMU_LOG'] ?? ''
  const folder = standInDisk(dirname(given), dirname(valueOf('-pidfile')))
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Takes most of a processor, and answers in between. */
function work(): void {
  if (existsSync('rest')) return void log('at rest')
  const pause = performance.now() + 40
  while (performance.now() < pause);
  setTimeout(work, 5)
}

function writableDisk(word: string): string[] {
  const node = JSON.parse(word) as { 'node-name': string; 'read-only'?: boolean }
  return node['read-only'] === true ? [] : [node['node-name']]
}

function tell(message: string, then: () => void = () => undefined): void {
  if (process.send === undefined || !existsSync('/proc')) return void then()
  process.send(message, () => {
    if (process.connected) process.disconnect()
    then()
  })
}
