// What `npm run build` does after `tsc`. Its steps take work from every start to here (docs/decisions/0011).
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { build } from 'esbuild'
import { writeNotices } from './build-notices.js'

const SCHEMAS = ['backend/schema', 'distro-catalog/schema', 'scripts/schema', 'local-vm/schema']

const SSH_ADDON = 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node'

/**
 * CDKTF loads archiver for assets, which no lab has; with all that it loads itself it is a tenth of a synth. node-ssh loads
 * the others for folders, which it does not copy here (docs/decisions/0008).
 */
const withoutUnused = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(archiver|make-dir|sb-scandir)$/ }, ({ path }) => ({ path, namespace: 'left-out' }))
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error('${path} is left out of the bundle') }`,
    }))
  },
}

/** ssh2's native addon, where npm could build one, stays in its package and is looked for there. */
const withSshAddon = {
  name: 'with-ssh-addon',
  setup({ onResolve }) {
    onResolve({ filter: /sshcrypto\.node$/ }, () => ({ path: SSH_ADDON, external: true }))
  },
}

/** What both builds do. An installed package has no libraries: everything but Node's own modules is in these files. */
const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // A start reads and compiles them; names stay, as some libraries go by those of their classes.
  minifyWhitespace: true,
  minifySyntax: true,
  // Node prints the whole line that a crash is in.
  lineLimit: 200,
  logLevel: 'warning',
  metafile: true,
}

await removeStale()
const checks = await compileChecks('dist/checks')
const { writeKnownEntries } = await import('./dist/scripts/build-catalog.js')
await writeKnownEntries()
const { writeCompletionTable } = await import('./dist/scripts/completion/build-table.js')
await writeCompletionTable()
const programs = await bundlePrograms('dist/bundle')
const metafiles = [checks.metafile, programs.metafile]
await writeNotices(metafiles, 'dist/bundle/THIRD-PARTY-NOTICES.txt')
// A test goes by it: nothing may be left to be installed.
await writeFile('dist/bundle.meta.json', JSON.stringify(metafiles))

/** tsc leaves what it made of a source that is gone, and Jest would run such a test. */
async function removeStale() {
  const { include } = JSON.parse(await readFile('tsconfig.json', 'utf8'))
  for (const room of include) {
    for (const file of await readdir(join('dist', room), { recursive: true })) {
      if (!/\.js(\.map)?$/.test(file)) continue
      const source = join(room, file.replace(/\.js(\.map)?$/, '.ts'))
      if (!existsSync(source)) await rm(join('dist', room, file))
    }
  }
}

/** Each published schema becomes a module that checks: `record.schema.json` is `record.cjs`. */
async function compileChecks(outdir) {
  await rm(outdir, { recursive: true, force: true })
  await mkdir(outdir)
  const written = []
  for (const folder of SCHEMAS) {
    for (const file of await readdir(folder)) {
      const schema = JSON.parse(await readFile(join(folder, file), 'utf8'))
      const path = join(outdir, `${basename(file, '.schema.json')}.cjs`)
      await writeFile(path, checkOf(schema))
      written.push(path)
    }
  }
  // What ajv's code needs of ajv goes into it: an installed package has no ajv.
  return build({
    ...COMMON,
    entryPoints: written,
    outdir,
    outExtension: { '.js': '.cjs' },
    allowOverwrite: true,
    format: 'cjs',
  })
}

/** A schema without a type of its own is a set of definitions: its module exports one check for each. */
function checkOf(schema) {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    meta: false,
    validateSchema: false,
    code: { source: true },
  })
  if (schema.definitions === undefined) return standalone.default(ajv, ajv.compile(schema))
  const names = Object.entries(schema.definitions).map(([name, definition]) => {
    ajv.addSchema(definition, name)
    return [name, name]
  })
  return standalone.default(ajv, Object.fromEntries(names))
}

/** The programs that ship, each with its libraries in a few files. What is loaded lazily stays lazy. */
async function bundlePrograms(outdir) {
  await rm(outdir, { recursive: true, force: true })
  return build({
    ...COMMON,
    entryPoints: {
      cli: 'dist/scripts/cli.js',
      driver: 'dist/local-vm/main.js',
      watchdog: 'dist/local-vm/watchdog.js',
      switch: 'dist/local-vm/switch.js',
    },
    outdir,
    splitting: true,
    format: 'esm',
    // Names and lines for `NODE_OPTIONS=--enable-source-maps`. The sources themselves would triple the package.
    sourcemap: true,
    sourcesContent: false,
    // Of use to ssh2's addon alone, and with one of its own.
    external: ['cpu-features'],
    plugins: [withoutUnused, withSshAddon],
    // CommonJS libraries in the bundle ask for Node's own modules by `require`, and for the folder they are in.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url), bundleFolder = import.meta.dirname;",
    },
    define: { __dirname: 'bundleFolder' },
  })
}
