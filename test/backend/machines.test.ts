import { describe, expect, test } from '@jest/globals'
import { recordKey } from '../../backend/keys.js'
import { makeOfLab, withOwnMakes } from '../../backend/machines.js'
import { readRecord } from '../../backend/record.js'
import { records, recordsOfBefore } from '../support/backend/records.js'
import { labName, temporaryStore } from '../support/backend/support.js'

const { aws } = recordsOfBefore
const make = { distro: aws.distro, size: aws.size, image: aws.image }
const other = { distro: 'fedora-44', size: { ...aws.size, diskGiB: 40 }, image: { id: 'ami-0fedora' } }
const [machine] = records.aws.machines
if (machine === undefined) throw new TypeError('it has one')

describe('a machine of a record', () => {
  test.each(Object.values(recordsOfBefore))(
    'of before is made of what its lab says: $provider',
    async (before) => {
      expect(before.machines[0]).not.toHaveProperty('distro')
      const store = await temporaryStore()
      await store.create(recordKey(labName('web')), JSON.stringify(before))
      const read = await readRecord(store, labName('web'))
      const { distro, size, image } = before
      expect(read?.lab.machines).toEqual([{ ...before.machines[0], distro, size, image }])
    },
  )

  test('is made of what it says itself, also where its image is not pinned yet', () => {
    const target = { ...machine, ...other, image: null, name: 'target' }
    expect(withOwnMakes({ ...aws, machines: [machine, target] }).machines).toEqual([machine, target])
  })

  test('is made of what a version of before has made of its lab since', () => {
    const swapped = withOwnMakes({ ...aws, ...other, machines: [machine, { ...machine, name: 'target' }] })
    expect(swapped.machines).toMatchObject([other, other])
  })
})

test('a lab says of itself what its main machine is made of, or else its first', () => {
  const first = { ...machine, ...other, name: 'first' }
  expect(makeOfLab([first, machine])).toEqual(make)
  expect(makeOfLab([first])).toEqual(other)
  expect(makeOfLab([])).toEqual({})
})
