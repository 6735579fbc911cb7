import { mkdir, rm, writeFile } from 'node:fs/promises'
import { withGuard } from '../../backend/guard.js'
import { doneMark, isObtained, programFolder, type TestProgram } from './programs.js'

/** Makes a program in an empty folder. */
export type Recipe = (folder: string, program: TestProgram, say: (text: string) => void) => Promise<void>

/** Longer than the slowest build on a slow computer; another process may be building. In milliseconds. */
const PATIENCE_MS = 3_600_000
const HEARTBEAT_MS = 20_000

/** Makes a program unless it exists. Two callers at once do not build twice. */
export async function makeOnce(
  program: TestProgram,
  recipe: Recipe,
  say: (text: string) => void,
): Promise<void> {
  if (await isObtained(program)) return
  const title = `${program.name} ${program.version}`
  const folder = programFolder(program)
  const options = {
    timeoutMs: PATIENCE_MS,
    onWait: (pid: number) => say(`${title}: process ${pid} is making it, waiting …`),
  }
  await withGuard(`${folder}.guard`, options, async () => {
    if (await isObtained(program)) return
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    await withProgress(title, program.usually, say, () => recipe(folder, program, say))
    await writeFile(doneMark(program), '')
  })
}

async function withProgress(
  title: string,
  usually: string,
  say: (text: string) => void,
  action: () => Promise<void>,
): Promise<void> {
  const began = performance.now()
  const seconds = (): string => `${Math.round((performance.now() - began) / 1000)} s`
  say(`${title}: making it, once on this computer (about ${usually}) …`)
  const heartbeat = setInterval(() => say(`${title}: ${seconds()} …`), HEARTBEAT_MS)
  try {
    await action()
    say(`${title}: done in ${seconds()}`)
  } catch (error) {
    throw new Error(`${title}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  } finally {
    clearInterval(heartbeat)
  }
}
