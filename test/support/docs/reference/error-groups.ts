import { BackendError } from '../../../../backend/errors.js'
import { CatalogError } from '../../../../distro-catalog/errors.js'
import { LabError } from '../../../../scripts/errors.js'
import { explain, type ExplainedError } from '../../../../scripts/explain.js'
import { cloudExplanations } from '../../../../scripts/explain/cloud-faults.js'
import { engineExplanations } from '../../../../scripts/explain/engine-faults.js'
import { execExplanations } from '../../../../scripts/explain/exec-faults.js'
import { fixtureExplanations } from '../../../../scripts/explain/fixture-faults.js'
import { imageExplanations } from '../../../../scripts/explain/image-faults.js'
import { meshExplanations } from '../../../../scripts/explain/mesh-faults.js'
import { setupExplanations } from '../../../../scripts/explain/setup-faults.js'
import { swapExplanations } from '../../../../scripts/explain/swap-faults.js'
import { variants } from '../../cli/fault-variants.js'
import { backendFaults, catalogFaults, driverFaults, labFaults } from '../../cli/faults.js'
import { code } from './markdown.js'

/** Where errors arise, as the page shows them. */
interface Source {
  readonly title: string
  /** Told before its codes. */
  readonly intro: string
  readonly errors: readonly (BackendError | CatalogError | LabError)[]
}

const labErrors = labFaults.map((fault) => new LabError(fault))
const variantsOf = (kind: 'backend' | 'lab' | 'driver'): Source['errors'] =>
  variants.filter((error) => kindOf(error) === kind)
const kindOf = (error: BackendError | LabError): 'backend' | 'lab' | 'driver' => {
  if (error instanceof BackendError) return 'backend'
  return error.fault.code === 'driver' ? 'driver' : 'lab'
}

const tables = [
  engineExplanations,
  cloudExplanations,
  imageExplanations,
  execExplanations,
  fixtureExplanations,
  meshExplanations,
  setupExplanations,
  swapExplanations,
] as const
const all: readonly LabError[] = [...labErrors, ...(variantsOf('lab') as LabError[])]
const withCodesOf = (explanations: object): readonly LabError[] =>
  all.filter(({ fault }) => Object.hasOwn(explanations, fault.code))
const others = all.filter(
  ({ fault }) => fault.code !== 'driver' && !tables.some((each) => Object.hasOwn(each, fault.code)),
)

const sources: readonly Source[] = [
  {
    title: 'Labs and the command line',
    intro: 'What was asked for cannot be done, or a lab is not in the state it should be in.',
    errors: others,
  },
  {
    title: 'Swap and reset',
    intro: 'A lab cannot get another distro, or did not go back to its baseline.',
    errors: withCodesOf(swapExplanations),
  },
  {
    title: 'Commands and file transfers',
    intro: '`exec` could not run its command to the end, or could not copy a file.',
    errors: withCodesOf(execExplanations),
  },
  {
    title: 'Setup',
    intro: 'What is done to a machine once failed, or is another one than the lab was made with.',
    errors: withCodesOf(setupExplanations),
  },
  {
    title: 'Names and keys between machines',
    intro: 'The names or keys of the machines of a lab could not be set on one of them.',
    errors: withCodesOf(meshExplanations),
  },
  {
    title: 'Test files',
    intro: 'A set of test files is unknown, or could not be put on a machine or compared.',
    errors: withCodesOf(fixtureExplanations),
  },
  {
    title: 'OpenTofu',
    intro: 'OpenTofu was not found, failed, or could not work with the state of a lab.',
    errors: withCodesOf(engineExplanations),
  },
  {
    title: 'VM driver',
    intro: 'The program that makes local VMs could not do its work.',
    errors: [
      ...driverFaults.map((fault) => new LabError({ code: 'driver', fault })),
      ...variantsOf('driver'),
    ],
  },
  {
    title: 'Clouds',
    intro: 'A cloud refused what it was asked for, or could not be asked.',
    errors: withCodesOf(cloudExplanations),
  },
  {
    title: 'Imported images',
    intro: 'A [custom OS installation](../custom-os-installation.md) could not be made, used or removed.',
    errors: withCodesOf(imageExplanations),
  },
  {
    title: 'Backend',
    intro: 'The place of the records could not be used, or another command is at work.',
    errors: [...backendFaults.map((fault) => new BackendError(fault)), ...variantsOf('backend')],
  },
  {
    title: 'Catalog',
    intro: 'A name is not in the catalog, or a distro file of your own has mistakes.',
    errors: catalogFaults.map((fault) => new CatalogError(fault)),
  },
]

/** One code of one group, with everything it may say. */
export interface Entry {
  readonly code: string
  readonly heading: string
  readonly told: readonly ExplainedError[]
}

export interface Group {
  readonly title: string
  readonly intro: string
  readonly entries: readonly Entry[]
}

/** Every code, by where it arises and then by name. A code that an earlier group has too gets its group's name in its heading. */
export function errorGroups(): readonly Group[] {
  const taken = new Set<string>()
  return sources.map(({ title, intro, errors }) => {
    const entries = [...byCode(errors)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, told]) => ({
        code: name,
        heading: taken.has(name) ? `${code(name)} of the ${title}` : code(name),
        told: distinct(told),
      }))
    for (const entry of entries) taken.add(entry.code)
    return { title, intro, entries }
  })
}

function byCode(errors: Source['errors']): Map<string, ExplainedError[]> {
  const found = new Map<string, ExplainedError[]>()
  for (const error of errors) {
    const told = explain(error)
    found.set(told.code, [...(found.get(told.code) ?? []), told])
  }
  return found
}

/** What differs in its next command or exit code is shown; what differs in names only is not. */
const distinct = (told: readonly ExplainedError[]): ExplainedError[] =>
  told.filter(
    (each, index) =>
      told.findIndex(({ exitCode, hint }) => exitCode === each.exitCode && hint === each.hint) === index,
  )
