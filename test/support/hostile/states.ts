import type { Attack, World } from './world.js'

interface Resource {
  name: string
  instances: { attributes: Record<string, unknown> }[]
}

const stateAttack = (
  name: string,
  says: string | undefined,
  change: (state: Record<string, unknown>, world: World) => Record<string, unknown>,
): Attack => ({
  name,
  ...(says === undefined ? {} : { says, about: 'lab', isShown: true }),
  write: (world) => world.edit(world.file('tofu.tfstate'), (state) => change(state, world)),
})

const main = (
  state: Record<string, unknown>,
  attributes: Record<string, unknown>,
): Record<string, unknown> => ({
  ...state,
  resources: (state['resources'] as Resource[]).map((resource) =>
    resource.name === 'main'
      ? {
          ...resource,
          instances: [
            { ...resource.instances[0], attributes: { ...resource.instances[0]?.attributes, ...attributes } },
          ],
        }
      : resource,
  ),
})

const foreign =
  (more: object): ((state: Record<string, unknown>) => Record<string, unknown>) =>
  (state) => ({
    ...state,
    resources: [
      ...(state['resources'] as object[]),
      {
        mode: 'managed',
        type: 'terraform_data',
        name: 'x',
        provider: 'provider["terraform.io/builtin/terraform"]',
        instances: [{ schema_version: 0, attributes: { id: '1' } }],
        ...more,
      },
    ],
  })

/** States that OpenTofu would read. */
export const stateAttacks: readonly Attack[] = [
  stateAttack('a folder of the user', undefined, (state, { canaries }) =>
    main(state, {
      input: {
        value: { id: 'distrolab-x', directory: canaries.documents },
        type: ['object', { id: 'string', directory: 'string' }],
      },
    }),
  ),
  stateAttack('a command and controls among the outputs', undefined, (state, { canaries }) => ({
    ...state,
    outputs: { x: { value: `\u001b[2J$(touch ${canaries.ran})`, type: 'string' } },
  })),
  stateAttack('controls in the names of its writer', undefined, (state) => ({
    ...state,
    terraform_version: '\u001b[2J\u202e',
    lineage: '\u001b]0;x\u0007',
  })),
  stateAttack(
    "a stranger's provider",
    'example.com/x',
    foreign({ provider: 'provider["example.com/x/\u001b[2Jy"]' }),
  ),
  stateAttack('a module', 'module', foreign({ module: 'module.x\u202e' })),
  stateAttack('a template in a name', undefined, foreign({ name: '${file("/etc/passwd")}' })),
]
