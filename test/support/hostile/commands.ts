/** A command line, and how it is run: in the process that stays, or in one of its own because its child speaks for itself. */
export interface Line {
  readonly words: readonly string[]
  /** It is about the lab or image whose document is hostile: it must not say that all is well with it. */
  readonly about?: 'lab' | 'image'
}

const lines = (about: Line['about'], ...all: readonly (readonly string[])[]): readonly Line[] =>
  all.map((words) => ({ words, ...(about === undefined ? {} : { about }) }))

/** Where it could wait for somebody, it is told not to. */
const NOW = ['--wait-lock', '0']
const IMAGE = ['arch', '--provider', 'google']

/** Every command that reads a backend, those that look first. `cleanup --yes` takes the good lab too: it has a test of its own. */
export const readers: readonly Line[] = [
  ...lines(
    undefined,
    ['list'],
    ['list', '--all', '-o', 'json'],
    ['backend', 'show'],
    ['__complete', 'zsh', 'ssh', ''],
  ),
  ...lines('lab', ['status', 'bad'], ['history', 'bad'], ['lock', 'status', 'bad'], ['recover', 'bad']),
  ...lines(
    'lab',
    ['plan', 'bad'],
    ['synth', 'bad'],
    ['ssh', 'bad', '--', 'true'],
    ['exec', 'bad', ...NOW, '--', 'true'],
  ),
  ...lines('image', ['images'], ['images', 'forget', ...IMAGE, '--yes', ...NOW]),
  ...lines(
    'lab',
    ['extend', 'bad', '--ttl', '9h', ...NOW],
    ['lock', 'break', 'bad', '--yes'],
    ['up', 'bad', ...NOW],
  ),
  ...lines('lab', ['reset', 'bad', ...NOW], ['swap', 'bad', 'debian-12', ...NOW], ['reap', '--yes']),
  ...lines(
    'lab',
    ['ssh-config', 'bad'],
    ['cp', 'bad:x', '/tmp/distrolab-hostile-copy', ...NOW],
    ['fixtures', 'verify', 'bad', 'sync-basic'],
    ['fixtures', 'apply', 'bad', 'sync-basic', ...NOW],
    ['net', 'heal', 'bad', ...NOW],
    ['stop', 'bad', ...NOW],
    ['start', 'bad', ...NOW],
  ),
  ...lines('lab', ['cleanup', '--session', '--yes', ...NOW], ['down', 'bad', ...NOW]),
]

/** For most fields: what hands them to ssh, to the driver, to OpenTofu and to the terminal. */
export const handing: readonly Line[] = readers.filter(({ words: [verb = ''] }) =>
  ['list', 'status', 'recover', 'ssh', 'exec', 'up', 'down'].includes(verb),
)

export const linesOf = (...verbs: readonly string[]): readonly Line[] =>
  readers.filter(
    ({ words: [first = '', second = ''] }) => verbs.includes(first) || verbs.includes(`${first} ${second}`),
  )
