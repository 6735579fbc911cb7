import { homedir } from 'node:os'
import { join } from 'node:path'

/** What is dear to make and stays between runs, outside the checkout: images, servers, engines. */
export const testCache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'distrolab-tests')
