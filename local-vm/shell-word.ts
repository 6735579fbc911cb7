/** One word for a POSIX shell, whatever it contains. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
