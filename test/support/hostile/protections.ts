import { fieldAttack, fieldAttacks, forgedGuards, wellFormed, withField } from './fields.js'
import { linesOf, type Line } from './commands.js'
import { stateAttacks } from './states.js'
import { wholeFiles } from './whole-files.js'
import type { Attack } from './world.js'

interface Change {
  /** Compiled, relative to dist/. */
  readonly module: string
  readonly from: string
  readonly to: string
}

/** What keeps a hostile backend from harm, and how it shows when it does not. */
export interface Protection {
  readonly name: string
  /** Several where one stands behind another: the last one is what the harm shows. */
  readonly off: readonly Change[]
  readonly attack: Attack
  readonly lines: readonly Line[]
  /** What the suite must find. */
  readonly found: RegExp
  /** For what would wait for ever, in milliseconds. */
  readonly limitMs?: number
}

const one = (attacks: readonly Attack[], name: string): Attack => {
  const found =
    attacks.find((attack) => attack.name === name) ?? attacks.find((attack) => attack.name.includes(name))
  if (found === undefined) throw new Error(`there is no attack ${name}`)
  return found
}
const inPlaceOf = (place: string, name: string): Attack =>
  one(wholeFiles.find(([which]) => which === place)?.[1] ?? [], name)

const plainFile = 'backend/plain-file.js'
const noForms: Change = {
  module: 'backend/validate.js',
  from: 'if (validate(document))',
  to: 'if (validate(document) || true)',
}
const noRequiredForm: Change = { module: 'backend/forms.js', from: 'if (fits(name, text))', to: 'if (true)' }
const noOwnFacts: Change = {
  module: 'scripts/lab/own-facts.js',
  from: 'if (mismatch !== undefined)',
  to: 'if (false)',
}

export const protections: readonly Protection[] = [
  {
    name: 'a link in the place of a document is not followed',
    off: [{ module: plainFile, from: ': constants.O_NOFOLLOW', to: ': 0' }],
    attack: inPlaceOf('a record', 'a link to its copy'),
    lines: linesOf('exec'),
    found: /exec .*: succeeds/,
  },
  {
    name: "a link in the place of a lab's folder is not followed",
    off: [
      {
        module: plainFile,
        from: 'if (found.isSymbolicLink())\n            throw refused(place',
        to: 'if (false)\n            throw refused(place',
      },
    ],
    attack: inPlaceOf("a lab's folder", 'a link to its copy'),
    lines: linesOf('exec'),
    found: /exec .*: succeeds/,
  },
  {
    name: 'a pipe is not waited for',
    off: [{ module: plainFile, from: ' | constants.O_NONBLOCK', to: '' }],
    attack: inPlaceOf('a record', 'a pipe'),
    lines: linesOf('status'),
    found: /status bad: does not end/,
    limitMs: 5000,
  },
  {
    name: 'a huge file is not read',
    off: [{ module: plainFile, from: '16 * 1024 * 1024', to: '1024 ** 3' }],
    attack: inPlaceOf('a record', '64 MiB'),
    lines: linesOf('status'),
    found: /does not name far too large/,
  },
  {
    name: 'a folder in the place of a record hides no lab',
    off: [{ module: 'backend/directory-listing.js', from: "name.endsWith('.json')", to: 'false' }],
    attack: inPlaceOf('a record', 'a folder'),
    lines: linesOf('reap'),
    found: /list does not name bad/,
  },
  {
    name: "a link in the place of a lab's folder hides no lab",
    off: [{ module: 'backend/record.js', from: '?? hiddenLab(key)', to: '' }],
    attack: inPlaceOf("a lab's folder", 'a pipe'),
    lines: linesOf('reap'),
    found: /list does not name bad/,
  },
  {
    name: 'the fields of a record have their forms',
    off: [noForms],
    attack: one(fieldAttacks(2), '/machines/0/marker'),
    lines: linesOf('status'),
    found: /does not name \/machines\/0\/marker/,
  },
  {
    name: 'what reaches an ssh configuration is checked again there',
    off: [noForms, noRequiredForm],
    attack: fieldAttack('a command in the name of the user', (record, { ran }) =>
      withField(record, ['machines', 0, 'user'], `x\n  ProxyCommand touch ${ran}`),
    ),
    lines: linesOf('ssh'),
    found: /ssh .*: a command of the document was run/,
  },
  {
    name: 'the facts of a lab of this computer are its own',
    off: [noOwnFacts],
    attack: one(wellFormed, 'place'),
    lines: linesOf('exec'),
    found: /does not name machines\.main\.place/,
  },
  {
    name: 'a state names nothing but what distrolab makes',
    off: [{ module: 'scripts/engine/state-trust.js', from: 'if (problems.length > 0)', to: 'if (false)' }],
    attack: one(stateAttacks, "a stranger's provider"),
    lines: linesOf('down'),
    found: /down .*: does not name example\.com\/x/,
  },
  {
    name: 'the driver changes only folders of its own',
    off: [
      noOwnFacts,
      { module: 'local-vm/machine/own-folder.js', from: 'if (reason !== undefined)', to: 'if (false)' },
    ],
    attack: one(wellFormed, 'another place'),
    lines: linesOf('up', 'reset', 'down'),
    found: /Documents/,
  },
  {
    name: 'only an engine at work is interrupted',
    off: [{ module: 'scripts/engine/engine-process.js', from: 'return isIn(', to: 'return true || isIn(' }],
    attack: one(wellFormed, 'process of an engine'),
    lines: linesOf('down'),
    found: /a process of the user was ended|does not end/,
    limitMs: 5000,
  },
  {
    name: 'nothing unprintable reaches a terminal',
    off: [{ module: 'scripts/report/printable.js', from: '.replace(UNPRINTABLE, escaped)', to: '' }, noForms],
    attack: fieldAttack('controls in the profile', (record) => withField(record, ['profile'], 'x\u001b[2J')),
    lines: linesOf('list'),
    found: /writes /,
  },
  {
    name: 'a guard is no path to somewhere else',
    off: [{ module: 'backend/guard.js', from: '!isHolder(holder)', to: 'false' }],
    attack: one(forgedGuards, 'a path upwards'),
    lines: linesOf('exec'),
    found: /Documents has got|does not end/,
    limitMs: 5000,
  },
]
