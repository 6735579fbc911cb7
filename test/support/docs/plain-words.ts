import ts from 'typescript'
import { visit, type Source } from '../architecture/source.js'

/** A phrase that people stumble over. */
interface Banned {
  readonly phrase: RegExp
  readonly write: string
  /** Text that it stands in. */
  readonly bad: string
  /** The nearest text that is fine. */
  readonly good: string
}

export const banned: readonly Banned[] = [
  {
    phrase: /\b(?:no|every|some|any)body(?:'s|’s)?\b/i,
    write: 'no one, everyone, someone, anyone; better, name the actor',
    bad: 'Nobody holds the lease.',
    good: 'No one holds the lease of this body.',
  },
  {
    phrase: /\banew\b/i,
    write: 'again, or recreate',
    bad: 'Make the lab anew.',
    good: 'Make a new lab.',
  },
  {
    phrase: /\ball the same\b/i,
    write: 'the same, still, or anyway',
    bad: 'It is removed all the same.',
    good: 'It is removed in the same way.',
  },
  {
    phrase: /\bshall\b/i,
    write: 'must or will',
    bad: 'Where the bucket shall be',
    good: 'Where a shallow copy is',
  },
  {
    phrase: /\b(?:is|are|was|were|be|been|being) (?:not )?told\b/i,
    write: 'says, reports, or is known',
    bad: 'It is not told whether the bucket is public.',
    good: 'It told the driver.',
  },
  {
    phrase: /\bdid(?: not|n't|n’t) tell\b/i,
    write: 'could not determine',
    bad: 'The page did not tell it.',
    good: 'The page could not tell them apart.',
  },
  {
    phrase: /(?<!\bthere )\b(?:is|are) none\b/i,
    write: 'is not one, or this … cannot …',
    bad: 'a state that is none',
    good: 'There is none yet.',
  },
  {
    phrase: /\btakes? no (?!lease\b|longer\b|time\b)/i,
    write: 'does not accept',
    bad: 'aws takes no such key',
    good: 'It takes no lease.',
  },
  {
    phrase: /\b(?:cannot|can't|can’t|not) be had\b/i,
    write: 'is not available',
    bad: "The image can't be had.",
    good: 'It cannot be; had it been so …',
  },
  {
    phrase: /\bstill there\b/i,
    write: 'still exists',
    bad: 'web is still there.',
    good: 'Still, there is a lab.',
  },
  {
    phrase: /\btime (?:of \S+ )?was (?:over|up)\b/i,
    write: 'expired',
    bad: 'The time of … was over at noon.',
    good: 'The time limit was over.',
  },
  {
    phrase: /\bas far as (?:nothing|no)\b/i,
    write: 'only … that cannot …',
    bad: 'types it, as far as nothing can be lost',
    good: 'as far as the catalog knows',
  },
  {
    phrase: /\bexisting one fit\b/i,
    write: 'create or adopt',
    bad: 'Make an existing one fit',
    good: 'Use an existing one that fits',
  },
]

/**
 * What the program says: its string literals and the texts of its templates, each `${…}` as an ellipsis. A single word is a
 * value of the code, and says nothing.
 */
export function saidIn(source: Source): string[] {
  const said: string[] = []
  visit(source, (node) => {
    if (ts.isTemplateExpression(node))
      said.push(
        [node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join('…'),
      )
    else if (ts.isStringLiteralLike(node) && !isName(node)) said.push(node.text)
  })
  return said.filter((text) => text.includes(' '))
}

/** Of a module or a type. */
const isName = ({ parent }: ts.StringLiteralLike): boolean =>
  ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isLiteralTypeNode(parent)

/** `path: what is banned → what to write`, for each text that has it. Lines are joined: a phrase may be broken. */
export const bannedIn = (path: string, texts: readonly string[]): string[] =>
  texts.flatMap((text) =>
    banned.flatMap(({ phrase, write }) => {
      const found = phrase.exec(text.replaceAll(/\s+/g, ' '))?.[0]
      return found === undefined ? [] : [`${path}: "${found}" → ${write}`]
    }),
  )
