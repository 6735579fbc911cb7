import type { Command } from '../command.js'

export const doctorCommand: Command = {
  name: 'doctor',
  describe: 'Show what is missing on this computer, and how to fix it',
  examples: [['distrolab doctor', 'a table of everything needed, what was found, and the fix']],
  exitCodes: [
    ['0', 'nothing is missing'],
    ['1', 'something is missing'],
  ],
  async run(context) {
    const { examine } = await import('../setup/doctor.js')
    const findings = await examine(context)
    const { renderTable } = await import('../report/table.js')
    const rows = findings.map(({ name, status, found, fix }) => [status, name, found, fix])
    const text = renderTable(['', 'what', 'found', 'fix'], rows)
    return { text, json: findings, exitCode: findings.some(({ status }) => status === 'missing') ? 1 : 0 }
  },
}
