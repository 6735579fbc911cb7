/** Variables of a command, by name. */
export type Variables = Readonly<Record<string, string>>

/**
 * Gives a command of a POSIX shell its variables in a line of standard input, which it reads before it
 * begins. So values appear in no command line, and every sshd accepts them (AcceptEnv usually allows only
 * LANG).
 */
export function withVariables(
  command: string,
  variables: Variables,
): { readonly command: string; readonly firstInput: string } {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quoteOnOneLine(value)}`)
  if (assignments.length === 0) return { command, firstInput: '' }
  return {
    command: `distrolab_newline='\n'
IFS= read -r distrolab_variables && eval "$distrolab_variables" || exit 1
unset distrolab_newline distrolab_variables
${command}`,
    firstInput: `export ${assignments.join(' ')}\n`,
  }
}

const quoteOnOneLine = (value: string): string =>
  `'${value.replaceAll("'", `'\\''`).replaceAll('\n', `'"$distrolab_newline"'`)}'`
