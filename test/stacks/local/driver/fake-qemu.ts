import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { createServer as createTcpServer } from 'node:net'
import { createInterface } from 'node:readline'

/**
 * A stand-in for QEMU, as far as the driver can see: it daemonises, binds the forwarded port and the QMP socket,
 * writes its pid file, answers QMP, and ends on `quit` and `system_powerdown`. Its deeds are in fake-qemu.log.
 * FAKE_QEMU=fail: exits 1. =mute: never answers. =slow: takes a second to come up.
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
  const delay = mode === 'slow' ? 1000 : 0
  setTimeout(() => {
    writeFileSync(valueOf('-pidfile'), `${process.pid}\n`)
    const ssh = createTcpServer()
    ssh.on('error', () => tell('taken', () => process.exit(1)))
    ssh.listen(port, '127.0.0.1', () => (mode === 'mute' ? tell('ready') : serveQmp()))
  }, delay)
}

function serveQmp(): void {
  const qmp = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\n')
    createInterface({ input: socket }).on('line', (line) => {
      const { execute } = JSON.parse(line) as { execute: string }
      log(execute)
      socket.write('{"event": "NOISE"}\n{"return": {}}\n')
      if (execute === 'quit' || execute === 'system_powerdown') process.exit(0)
    })
  })
  qmp.listen('qmp.sock', () => tell('ready'))
}

function tell(message: string, then: () => void = () => undefined): void {
  if (process.send === undefined || !existsSync('/proc')) return void then()
  process.send(message, () => {
    if (process.connected) process.disconnect()
    then()
  })
}
