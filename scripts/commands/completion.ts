import type { Command } from '../command.js'
import { textFlag } from '../flags.js'

export const completionCommand: Command = {
  name: 'completion',
  positionals: '[shell]',
  describe: 'Print a script that completes verbs, flags and labs in bash, zsh or fish',
  examples: [
    ['distrolab completion bash', 'for ~/.bashrc: eval "$(distrolab completion bash)"'],
    ['distrolab completion zsh', 'for ~/.zshrc, after compinit: source <(distrolab completion zsh)'],
    ['distrolab completion fish', 'for config.fish: distrolab completion fish | source'],
  ],
  async run(_context, { flags }) {
    const { requireShell, scriptOf } = await import('../completion/shells.js')
    const shell = await requireShell(textFlag(flags, 'shell'))
    const script = scriptOf(shell)
    return { text: script.trimEnd(), json: { shell, script } }
  },
}
