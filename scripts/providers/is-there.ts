import { access } from 'node:fs/promises'

/** Whether there is such a file, as far as this user can see. */
export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
