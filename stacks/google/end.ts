/** The shortest and longest life that Google accepts, in seconds: half a minute, and 120 days. */
const SHORTEST = 30
const LONGEST = 120 * 86_400

export type EndOfLife =
  { readonly terminationTime: string } | { readonly maxRunDuration: { readonly seconds: number } }

/**
 * Tells Google when to end a machine: by an absolute time, which a restart or a replacement of the machine
 * does not move. For a time that Google does not accept, the shortest or longest possible life. `seconds`:
 * from now until then.
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
