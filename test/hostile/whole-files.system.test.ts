import { describe, test } from '@jest/globals'
import { handing } from '../support/hostile/commands.js'
import { useWorld } from '../support/hostile/suite.js'
import { oddRecord, oddRecords, wholeFiles } from '../support/hostile/whole-files.js'

const { survives } = useWorld()

describe.each(wholeFiles)('in the place of %s', (_place, attacks) => {
  test.each(attacks.map((attack) => [attack.name, attack] as const))('%s harms nothing', (_name, attack) =>
    survives(attack, attack.lines),
  )
})

test.each(Object.keys(oddRecords))('a record with %s harms nothing', (name) =>
  survives(oddRecord(name), handing),
)
