import { access } from 'node:fs/promises'

/** Whether the file exists, as far as this user can see. */
export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
