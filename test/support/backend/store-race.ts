import { expect } from '@jest/globals'
import type { ObjectStore } from '../../../backend/store.js'
import type { Child } from './child.js'

const ROUNDS = 6

/** Lets real processes race for one key, first to create it, then to replace it: each round has one winner. */
export async function expectOneWinnerEach(store: ObjectStore, racers: readonly Child[]): Promise<void> {
  const { url } = store
  const key = 'labs/race/lease.json'
  let version = ''
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await Promise.all(
      racers.map((racer, i) =>
        // The same body from all: the version alone must tell the writes apart.
        round === 0
          ? racer.ask({ do: 'create', url, key, body: 'same' })
          : racer.ask({ do: 'replace', url, key, body: round % 2 ? 'same' : `by ${i}`, version }),
      ),
    )
    const winners = answers.flatMap((answer) => answer.value ?? [])
    const losses = new Set(answers.flatMap((answer) => answer.fault?.code ?? []))
    expect(winners).toHaveLength(1)
    expect([...losses]).toEqual([round === 0 ? 'object-exists' : 'object-changed'])
    version = winners[0] ?? ''
    expect((await store.get(key))?.version).toBe(version)
  }
}
