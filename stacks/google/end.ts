/** The shortest and longest life that Google takes, in seconds: half a minute, and 120 days. */
const SHORTEST = 30
const LONGEST = 120 * 86_400

export type EndOfLife =
  { readonly terminationTime: string } | { readonly maxRunDuration: { readonly seconds: number } }

/**
 * How Google is told when to end a machine: by the time itself, which a restart of the machine or another one in its place
 * does not move. What it takes no time for lives as short or as long as it can. `seconds`: from now until then.
 */
export const endOfLife = ({
  expiresAt,
  seconds,
}: {
  readonly expiresAt: string
  readonly seconds: number
}): EndOfLife =>
  seconds < SHORTEST || seconds > LONGEST
    ? { maxRunDuration: { seconds: seconds < SHORTEST ? SHORTEST : LONGEST } }
    : { terminationTime: expiresAt }
