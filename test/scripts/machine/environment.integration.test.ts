import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { withVariables } from '../../../scripts/machine/environment.js'

const AWKWARD = {
  PLAIN: 'a',
  EMPTY: '',
  QUOTES: `it's "quoted" \`id\` $(id) $HOME \\ \\n`,
  LINES: '\n two\n\nlines\n',
  SPACE: ' \t* ',
  WIDE: 'ä€😀',
}

/** Every shell of this computer that a login could have. */
const SHELLS = ['/bin/dash', '/bin/bash', '/bin/busybox'].filter((path) => existsSync(path))

describe.each(SHELLS)('variables given to %s by its input', (shell) => {
  const runIn = (command: string, input: string) =>
    spawnSync(shell, [...(shell.endsWith('busybox') ? ['sh'] : []), '-c', command], { input })

  test('arrive as they are, and the rest of the input is the command’s', () => {
    const names = Object.keys(AWKWARD)
    const script = `env -0 | sort -z; cat; exit 3`
    const { command, firstInput } = withVariables(script, AWKWARD)
    const { status, stdout } = runIn(command, `${firstInput}rest of input`)
    expect(status).toBe(3)
    const got = stdout.toString().split('\0')
    expect(got.at(-1)).toBe('rest of input')
    expect(got.filter((line) => names.includes(line.split('=')[0] ?? ''))).toEqual(
      Object.entries(AWKWARD)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    )
    expect(got.filter((line) => line.startsWith('distrolab_'))).toEqual([])
  })

  test('stand in no command line', () => {
    const { command } = withVariables('tr "\\0" " " </proc/$$/cmdline', { TOKEN: 'hidden' })
    expect(command).not.toContain('hidden')
    expect(runIn(command, `export TOKEN='hidden'\n`).stdout.toString()).toContain('tr ')
    expect(runIn(command, `export TOKEN='hidden'\n`).stdout.toString()).not.toContain('hidden')
  })

  test('that do not come end it before the command begins', () => {
    const { command } = withVariables('echo begun', { TOKEN: 'x' })
    expect(runIn(command, '')).toMatchObject({ status: 1, stdout: Buffer.from('') })
  })
})

test('a command without variables stays as it is', () => {
  expect(withVariables('uname -r', {})).toEqual({ command: 'uname -r', firstInput: '' })
})
