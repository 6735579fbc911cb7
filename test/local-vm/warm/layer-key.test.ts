import { describe, expect, test } from '@jest/globals'
import { keyOf, likenessOf, type LayerFacts } from '../../../local-vm/warm/layer-key.js'
import { planLocalLab } from '../../../stacks/local/plan.js'
import { warmRequestOf } from '../../../stacks/local/warm.js'
import type { ImageSource, MachineSpec, WarmWish } from '../../../local-vm/protocol.js'

const FACTS: LayerFacts = {
  recipe: 1,
  imageId: 'sha256:aa',
  files: ['/usr/bin/qemu-system-x86_64 17 1'],
  processor: 'aa',
  kernel: '6.12.1',
  arguments: ['-machine', 'q35'],
  diskGiB: 10,
  seed: { metaData: 'm', userData: 'u', networkConfig: 'n' },
}

describe('the key of a warm image', () => {
  const changes: Partial<LayerFacts>[] = [
    { recipe: 2 },
    { imageId: 'sha256:ab' },
    { files: ['/usr/bin/qemu-system-x86_64 18 1'] },
    { processor: 'ab' },
    { kernel: '6.12.2' },
    { arguments: ['-machine', 'virt'] },
    { diskGiB: 11 },
    { seed: { ...FACTS.seed, userData: 'v' } },
  ]

  test.each(changes)('is another one with %j', (change) => {
    expect(keyOf({ ...FACTS, ...change })).not.toBe(keyOf(FACTS))
  })

  test('is the same after OpenTofu has put the texts of the seed into another order', () => {
    const { networkConfig, userData, metaData } = FACTS.seed
    expect(keyOf({ ...FACTS, seed: { networkConfig, userData, metaData } })).toBe(keyOf(FACTS))
  })

  test('has a line here for each fact', () => {
    expect(changes.flatMap(Object.keys).sort()).toEqual(Object.keys(FACTS).sort())
  })
})

const image: ImageSource = {
  distro: 'debian-13',
  architecture: 'x86_64',
  build: { tool: 'mmdebstrap', suite: 'trixie', mirror: 'http://deb.debian.org/debian' },
}
const size = { vcpus: 2, memoryMiB: 2048, diskGiB: 10, name: 'lab' } as never

function machineOf(lab: string, name: string, privateAddress?: string): MachineSpec & { warm: WarmWish } {
  const { machines } = planLocalLab({
    lab,
    profile: 'debian-local',
    backendId: '0a1b2c3d',
    state: {} as never,
    driver: { node: '/node', program: '/driver.js' },
    authorizedKeys: [`ssh-ed25519 AAAA${lab}`],
    cache: '/cache',
    instanceId: '2026',
    expiresAt: null,
    machines: [
      {
        name,
        image,
        imageId: null,
        size,
        user: 'debian',
        sshPort: 20_001,
        privateAddress,
        directory: `/m/${lab}`,
      },
    ],
  })
  const vm = machines[0]?.vm
  if (vm?.warm === undefined) throw new Error('no wish for a clone')
  return { ...vm, warm: vm.warm }
}

describe('what machines have in common', () => {
  test('machines of two labs can be clones of the same warm image, which `images warm` also makes', () => {
    expect(likenessOf(machineOf('web', 'main'))).toEqual(likenessOf(machineOf('other', 'main')))
    const { cache, imageId, isPatient, ...likeness } = warmRequestOf('/cache', {
      image,
      size,
      user: 'debian',
      hasNetwork: false,
    })
    expect({ cache, imageId, isPatient }).toEqual({ cache: '/cache', imageId: null, isPatient: false })
    expect(likeness).toEqual(likenessOf(machineOf('web', 'main')))
  })

  test('machines of labs of several machines need another one, whatever their addresses', () => {
    const one = likenessOf(machineOf('pair', 'source', '198.19.77.11'))
    expect(one).toEqual(likenessOf(machineOf('pair', 'target', '198.19.77.12')))
    expect(one).not.toEqual(likenessOf(machineOf('pair', 'source')))
  })

  test('contains no name, key or address of a lab', () => {
    const text = JSON.stringify(likenessOf(machineOf('secretlab', 'target', '198.19.77.12')))
    for (const own of ['secretlab', 'target', 'AAAA', '198.19.77.12', '0a1b2c3d'])
      expect(text).not.toContain(own)
  })
})
