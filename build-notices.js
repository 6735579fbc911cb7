// Most licences of the libraries in the bundle ask that their text goes with every copy.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const RULE = `\n${'-'.repeat(80)}\n\n`

/** Writes the licences of all packages that have code in these bundles, each text once. */
export async function writeNotices(metafiles, file) {
  const folders = new Set(metafiles.flatMap(inputsOf).map(folderOf))
  folders.delete(undefined)
  const texts = new Map()
  for (const folder of [...folders].toSorted()) {
    const { title, text } = await readLicence(folder)
    texts.set(text, new Set(texts.get(text)).add(title))
  }
  const parts = [...texts].map(([text, titles]) => `${[...titles].join('\n')}\n\n${text}\n`)
  const head =
    'distrolab contains code of the packages below, each under the licence that follows its name.\n'
  await writeFile(file, [head, ...parts].join(RULE))
}

const inputsOf = ({ outputs }) =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  )

/** `node_modules/@a/b/lib/c.js` is a file of the package in `node_modules/@a/b`. */
const folderOf = (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]

/** Old packages have `licenses`, a list. A package without a file of its licence has only the name of it. */
async function readLicence(folder) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const licence = manifest.license ?? manifest.licenses?.map(({ type }) => type).join(' or ')
  if (licence === undefined) throw new Error(`${folder}: package.json names no licence`)
  const files = (await readdir(folder))
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .toSorted()
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  const title = `${manifest.name} ${manifest.version} (${licence})`
  return { title, text: texts.map((text) => text.trim()).join('\n\n') }
}
