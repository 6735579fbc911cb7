import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { SamePath } from '../stand-in/same-path.js'
import { testCache } from '../test-cache.js'
import { newUser } from '../support/e2e/real-lab.js'

const MINUTES = 60_000

test(
  'what another computer with the same paths does to its lab of the same name leaves a real VM alone',
  async () => {
    const user = await newUser()
    try {
      await user.ok('up', 'web', '--profile', 'debian-13-local')
      const other = await SamePath.of(user)
      await symlink(join(testCache, 'images'), join(other.cache, 'images'))
      // One process namespace for all of it, so that the other one's machine runs from the one command to the next.
      const run = await other.script(`set -e
        distrolab up web --profile debian-13-local --wait none
        ps -eo args | grep -c '^qemu-system'
        distrolab down web
        distrolab up web --profile debian-13-local --wait none
        distrolab cleanup --yes
        ps -eo args | grep -c '^qemu-system' || true`)
      expect(run).toMatchObject({ code: 0 })
      expect(run.stdout.split('\n').filter((line) => /^\d+$/.test(line))).toEqual(['1', '0'])
      expect(await user.ok('exec', 'web', '--', 'cat', '/etc/hostname')).toBe('web')
      expect(await user.ok('status', 'web')).toBe('ready')
      // The very same home, seen from a process namespace in which none of its processes is to be seen.
      const blind = await SamePath.shared(user).script('distrolab down web; echo "exit $?"')
      expect(blind.stdout).not.toContain('verified')
      expect(blind.stdout).toContain('exit 6')
      expect(blind.stderr).toContain('which answers at')
      expect((await user.processes()).join('\n')).toContain('qemu-system')
      await user.ok('down', 'web')
      expect(await user.processes()).toEqual([])
    } finally {
      await user.distrolab('cleanup', '--yes')
      await user.remove()
    }
  },
  10 * MINUTES,
)
