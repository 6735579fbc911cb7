import { asIs, typed } from '../../report/typed.js'
import type { RecoveryFacts } from './facts.js'

interface ByHand {
  readonly command: string
  readonly does: string
}

/** The beginning of the command that moves an object of the backend away. */
export function moveOf(place: string): string {
  const tool = { 's3:': 'aws s3 mv', 'gs:': 'gcloud storage mv' }[place.slice(0, 3)] ?? 'mv'
  return typed`${asIs(tool)} ${place}`
}

/** Without a record that can be read: the engine alone, on the files that `synth` writes. */
export function byHand({ lab, profile, engine: { state } }: RecoveryFacts): readonly ByHand[] {
  // Nobody is led into running what a stranger has put into a state.
  if (state.kind === 'refused') {
    const command = `${moveOf(state.place)} /tmp/${lab}-tofu.tfstate`
    return [
      { command, does: `moves aside a state that distrolab did not write: ${state.problems.join(', ')}` },
    ]
  }
  const folder = `/tmp/${lab}`
  return [
    {
      command: typed`distrolab synth ${lab} --profile ${profile ?? 'PROFILE'} --out ${folder}`,
      does: `writes what OpenTofu needs${profile === undefined ? '; PROFILE is the one it was created from' : ''}`,
    },
    { command: `cd ${folder} && tofu init && tofu destroy -auto-approve`, does: 'destroys what it created' },
  ]
}
