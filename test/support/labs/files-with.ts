import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Every file below the folders whose content `holds`. */
export async function filesWith(
  folders: readonly string[],
  holds: (text: string) => boolean,
): Promise<string[]> {
  const found: string[] = []
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile() && holds(await readFile(path, 'latin1'))) found.push(path)
    }
  }
  return found
}
