/** Flags as the user typed them, by name; none has a default here. */
export type Flags = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export const textFlag = (flags: Flags, name: string): string | undefined =>
  flags[name] === undefined ? undefined : String(flags[name])

/** A flag that may be repeated (`repeatedText`), in the order given. */
export const listFlag = (flags: Flags, name: string): readonly string[] => {
  const given = flags[name] ?? []
  return Array.isArray(given) ? given.map(String) : [String(given)]
}
