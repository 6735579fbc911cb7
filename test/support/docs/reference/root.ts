import { fileURLToPath } from 'node:url'

/** The source tree. Of its own, because a program that writes the pages cannot load what belongs to Jest. */
export const root = fileURLToPath(new URL('../../../../../', import.meta.url))
