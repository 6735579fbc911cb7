import ts from 'typescript'
import { importsOf } from './imports.js'
import { place, visit, type Source } from './source.js'

export const GATE = 'scripts/lab/gate.ts'
/** Images at a provider have a lease of their own. */
export const IMAGE_GATE = 'scripts/images/gate.ts'
const GATES = [GATE, IMAGE_GATE]

/** Every verb that changes a lab, its record or its lease. A new verb belongs into this list or the next. */
export const CHANGING = [
  ...['up', 'swap', 'reset', 'exec', 'extend', 'down', 'cleanup', 'reap', 'lock break'],
  ...['net break', 'net heal', 'net capture'],
  'fixtures apply',
  ...['cp', 'stop', 'start'],
]
/** They only look, or change no lab: a folder, a bucket, this computer. */
export const READING = [
  ...[
    'ssh',
    'ssh-config',
    'forward',
    'console',
    'status',
    'list',
    'history',
    'lock status',
    'images',
    'regions',
    'synth',
    'plan',
  ],
  ...['doctor', 'docs', 'backend init', 'backend show', 'completion'],
  ...['fixtures verify', 'fixtures diff', 'fixtures list'],
  ...['images warm', 'images prune'],
]

/** It looks, and then runs verbs of the first list where that is safe. */
export const RUNNING = ['recover']

/** They change an image at a provider and no lab, through the gate of images. */
export const OF_IMAGES = ['images import', 'images forget']

/** What takes a lease, or writes a record under one. */
const OPENERS = ['lease', 'held-lease', 'inherited-lease', 'lab-writer', 'record-slot', 'image-writer']
/** What changes the machines; it is called with a session, which only the gate makes. */
const CHANGERS = [
  'scripts/engine/engine-run.ts',
  'scripts/engine/tofu.ts',
  'scripts/engine/recover-state.ts',
  'scripts/lab/engine-session.ts',
  'scripts/lab/bring-up.ts',
  'scripts/lab/make-machines.ts',
  'scripts/lab/prepare-image.ts',
  'scripts/lab/configure-machines.ts',
  'scripts/lab/marker.ts',
  'scripts/lab/revive.ts',
]
/** It runs the engine, and only asks it. */
const ASKING = { path: 'scripts/engine/plan.ts', by: 'scripts/engine/engine-run.ts' }
const CHANGING_HOOKS = [
  'start',
  'prepareImage',
  'move',
  'wake',
  'remove',
  'removeLeftovers',
  'take',
  'restore',
  'restart',
  'sever',
  'heal',
  'stop',
]
const STORE_WRITES = ['create', 'replace', 'remove']

/** One line for each place outside backend/ that could change a lab without having passed the gate. */
export function waysAroundGate(sources: readonly Source[]): string[] {
  return sources.filter(({ path }) => !path.startsWith('backend/')).flatMap(waysOf)
}

function waysOf(source: Source): string[] {
  const imports = importsOf(source)
  const isInside =
    GATES.includes(source.path) ||
    CHANGERS.includes(source.path) ||
    imports.some(({ target = '' }) => GATES.includes(target))
  const opener = (target = ''): boolean => OPENERS.some((name) => target === `backend/${name}.ts`)
  const bad = imports.filter(({ target, isType }) => {
    if (isType || (source.path === ASKING.path && target === ASKING.by)) return false
    return opener(target) ? !GATES.includes(source.path) : CHANGERS.includes(target ?? '') && !isInside
  })
  return [...bad.map((found) => `${found.place} imports ${found.specifier}`), ...writesOf(source, isInside)]
}

function writesOf(source: Source, isInside: boolean): string[] {
  const found: string[] = []
  visit(source, (node) => {
    if (ts.isIdentifier(node) && node.text === 'storeEvent') found.push(`${place(source, node)} storeEvent`)
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return
    const { expression, name } = node.expression
    const isStore = STORE_WRITES.includes(name.text) && /store(\(\))?\)?$/i.test(expression.getText())
    const isHook =
      !isInside &&
      CHANGING_HOOKS.includes(name.text) &&
      /(hooks|baseline|revival|here|expiry|network|stopping)$/i.test(expression.getText())
    if (isStore || isHook) found.push(`${place(source, node)} ${expression.getText()}.${name.text}`)
  })
  return found
}
