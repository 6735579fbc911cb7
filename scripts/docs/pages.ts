import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, parse, posix } from 'node:path'
import { nearNames } from '../../distro-catalog/near-names.js'
import { LabError } from '../errors.js'

/** A text that is shipped with the program, for people without a clone of the repository. */
export interface Page {
  /** The word after `distrolab docs`. */
  readonly name: string
  readonly title: string
  /** Relative to the package, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** In the order of the list; every Markdown and JSON file in them is a page. */
const FOLDERS = ['docs/runbooks', 'docs', 'docs/reference', 'docs/providers', 'backend/policies']
/** The only README that users also need: how to describe their own distro. */
const CATALOG = 'distro-catalog/README.md'

/** JSON has no heading. */
const JSON_TITLES: Readonly<Record<string, string>> = {
  'aws-policy': 'IAM policy for labs and imported images on AWS (JSON)',
  'azure-role': 'Role for labs and imported images on Azure (JSON)',
  'google-role': 'Role for labs on Google Cloud (JSON)',
  's3-init': 'IAM policy for backend init in S3 (JSON template)',
  's3-labs': 'IAM policy for people and CI whose backend is in S3 (JSON template)',
  's3-read-only': 'IAM policy for looking only, in S3 (JSON template)',
  'gcs-init': 'Role for backend init in Google Cloud Storage (JSON template)',
  'gcs-labs': 'Role for people and CI whose backend is in Google Cloud Storage (JSON template)',
  'gcs-read-only': 'Role for looking only, in Google Cloud Storage (JSON template)',
}

export async function readPages(): Promise<readonly Page[]> {
  const root = dirname(createRequire(import.meta.url).resolve('#package/package.json'))
  const listed = await Promise.all(FOLDERS.map((folder) => pathsIn(root, folder)))
  return Promise.all([...listed.flat(), CATALOG].map((path) => readPage(root, path)))
}

/** The page with this name, or with this file name. Throws LabError `page-unknown`. */
export function findPage(pages: readonly Page[], given: string): Page {
  const wanted = parse(given).name
  const page = pages.find(({ name }) => name === wanted)
  if (page !== undefined) return page
  const near = nearNames(
    wanted,
    pages.map(({ name }) => name),
  )
  throw new LabError({ code: 'page-unknown', given, near })
}

/** A page's text in which each link to another page is the command that prints it, as `typed` spells it. */
export function linkPages(page: Page, pages: readonly Page[], typed: (command: string) => string): string {
  if (!page.path.endsWith('.md')) return page.text
  return page.text.replaceAll(
    /\[([^\]]+)\]\(([^)#\s]+)(?:#[^)]*)?\)/g,
    (whole, words: string, target: string) => {
      const path = posix.join(posix.dirname(page.path), target)
      const linked = pages.find((candidate) => candidate.path === path)
      return linked === undefined ? whole : `${words} (${typed(`distrolab docs ${linked.name}`)})`
    },
  )
}

async function pathsIn(root: string, folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder))
  return names
    .filter((name) => /\.(md|json)$/.test(name))
    .sort()
    .map((name) => `${folder}/${name}`)
}

async function readPage(root: string, path: string): Promise<Page> {
  const text = await readFile(join(root, path), 'utf8')
  const name = path === CATALOG ? posix.dirname(path) : parse(path).name
  return { name, title: titleOf(name, path, text), path, text }
}

function titleOf(name: string, path: string, text: string): string {
  const title = path.endsWith('.json') ? JSON_TITLES[name] : /^# (.+)$/m.exec(text)?.[1]
  return title ?? path
}
