import type { Words } from '../distro-catalog/setting-schema.js'

// The texts about each key of `distrolab.yaml`: editors show them, docs/reference/config.md is generated from
// them, and error messages use `expected`.

export const backend: Words = {
  title: 'Backend',
  description:
    'Where the records of labs are kept: a folder or a bucket, as a URL. Without it, a folder in the state folder of this user.',
  expected: 'a backend URL, such as file:///srv/labs',
  examples: ['s3://bucket/prefix?region=eu-west-1', 'gs://bucket/prefix', 'file:///srv/labs'],
}

export const profile: Words = {
  title: 'Default profile',
  description: 'The profile of a command that names neither a lab nor a profile.',
  expected: 'the profile used when none is named',
  examples: ['debian-local', 'rocky-9-aws'],
}

export const regions: Words = {
  title: 'Allowed regions',
  description:
    'The only regions that `auto` may choose. Without it, every region that is open to the account.',
  expected: 'the only regions that auto may choose',
  examples: [['eu-west-1', 'eu-north-1']],
}

export const oneRegion: Words = {
  title: 'A region',
  description: 'A region of the provider.',
  expected: 'a region',
  examples: ['eu-west-1'],
}

export const zone: Words = {
  title: 'Zone',
  description:
    'On clouds: a zone of the region, by its full name or its ending. Without it, distrolab or the cloud picks one.',
  expected: 'a zone of the region, such as b or eu-west-1b',
  examples: ['b', 'eu-west-1b'],
}

export const arch: Words = {
  title: 'Architecture',
  description:
    "The architecture of the machines. Without it, on clouds that of `instanceType` or else `x86_64`. Local labs accept only this computer's own.",
  expected: "x86_64 or arm64; local labs have this computer's architecture",
  examples: ['arm64'],
}

export const tags: Words = {
  title: 'Tags of your own',
  description:
    'Tags on every resource of a new lab; labels on Google Cloud. Local labs have them only in their record.',
  expected: 'keys with text values; a number needs quotes: {team: infra, cost-center: "4711"}',
  examples: [{ team: 'infra', environment: 'test' }],
}

export const allowFrom: Words = {
  title: 'Networks that may reach SSH',
  description:
    "On clouds: the networks that may reach SSH, separated by commas. `auto`, the default, is this computer's public address.",
  expected: 'auto, or networks that may reach SSH, such as 203.0.113.7/32',
  examples: ['auto', '203.0.113.7/32,198.51.100.0/24'],
}

export const addressUrl: Words = {
  title: 'Page that shows your address',
  description:
    'A page that returns the address of whoever asks, for `allowFrom: auto`. Without it, distrolab asks two public pages.',
  expected: 'a page that returns the address of whoever asks, for allowFrom auto',
  examples: ['https://checkip.example.org'],
}

export const providerVersions: Words = {
  title: 'Versions of OpenTofu providers',
  description:
    'The versions of the OpenTofu providers that your mirror has. Without it, the versions distrolab was built with.',
  expected: "versions of OpenTofu's providers, as a mirror has them: {aws: 6.25.0}",
  examples: [{ aws: '6.25.0' }],
}

export const sshKey: Words = {
  title: 'SSH key',
  description:
    'A private key, or the `.pub` file of a key that your ssh-agent holds. A relative path starts at the folder of the configuration file. Without it, each lab gets a new key.',
  expected: 'path of a private key, or of the public part of a key in the agent',
  examples: ['~/.ssh/id_ed25519'],
}

export const sshConfig: Words = {
  title: 'Labs by name for plain `ssh`',
  description:
    'Whether `up` adds one line to `~/.ssh/config`, so that `ssh LAB` works. Without it, `up` asks once at a terminal, and otherwise leaves your file alone.',
  expected: 'true or false: whether up adds one line to ~/.ssh/config',
  examples: [true],
}

export const wait: Words = {
  title: 'How far `up` waits',
  description:
    '`ready` waits until the machine has configured itself, `ssh` until SSH works, `none` not at all.',
  expected: 'ready, ssh or none',
  examples: ['ssh'],
}

export const ttl: Words = {
  title: 'Time to live',
  description: 'How long a new lab lives, at most `365d`; `none` keeps it until someone removes it.',
  expected: 'how long a new lab lives, such as 4h or none',
  examples: ['90m', '3d', 'none'],
}

export const onFailure: Words = {
  title: 'When `up` fails',
  description: 'What happens to a new lab whose `up` fails: `keep` leaves it, `destroy` removes it.',
  expected: 'keep or destroy: what happens to a new lab whose up fails',
  examples: ['destroy'],
}

export const applyTimeout: Words = {
  title: 'Time limit of OpenTofu',
  description:
    'How long OpenTofu may work on the machines before it is stopped. Without it, 10 minutes on clouds and 30 on this computer.',
  expected: 'how long OpenTofu may work on machines, such as 20m',
  examples: ['20m'],
}

export const waitLock: Words = {
  title: 'Wait for the lease',
  description: "How long a command waits for another command's lease; `0` does not wait.",
  expected: 'how long to wait for the lease, such as 10m',
  examples: ['30m', '0'],
}

export const waitTimeout: Words = {
  title: 'Time limit of a first start',
  description:
    'How long a machine may take until SSH works, and then as long again until it has configured itself. For slow computers without KVM.',
  expected: 'how long a machine may take until SSH works, such as 15m',
  examples: ['15m'],
}

export const authorizedKeys: Words = {
  title: 'Keys of the team',
  description:
    'Whose keys also open every new lab. They are looked up once, when the lab is created, and recorded with it.',
  expected: 'a list of public keys, files of public keys, or github:NAME',
  examples: [['github:anna', 'keys/bob.pub']],
}

export const authorizedKey: Words = {
  title: 'A key',
  description:
    'A public key, a file of public keys (relative to the configuration file), or `github:NAME` for the keys of a GitHub user.',
  expected: 'a public key, a file of public keys, or github:NAME',
  examples: ['github:anna', 'keys/bob.pub'],
}

export const githubUrl: Words = {
  title: 'GitHub server',
  description: 'Where `github:NAME` is looked up; for GitHub Enterprise.',
  expected: 'where github:NAME is looked up, such as https://github.example.com',
  examples: ['https://github.example.com'],
}

export const engineMirror: Words = {
  title: 'Mirror of OpenTofu releases',
  description: "A copy of OpenTofu's releases, for networks that cannot reach GitHub.",
  expected: "URL of a copy of OpenTofu's releases on GitHub",
  examples: ['https://mirror.example.org/opentofu'],
}

export const catalog: Words = {
  title: 'Distros of your own',
  description:
    'Folders with your own distro files, which take precedence over the built-in ones. A relative path starts at the folder of the configuration file.',
  expected: 'folders of distro files',
  examples: [['./distros']],
}

export const catalogFolder: Words = {
  title: 'A folder',
  description: 'A folder of distro files.',
  expected: 'a folder of distro files',
  examples: ['./distros'],
}

export const profiles: Words = {
  title: 'Profiles of your own',
  description: 'Profiles of your own, by name. `--profile NAME` then creates such a lab.',
  expected:
    'name: {distro, provider, size?, instanceType?, arch?, region?, zone?, network?, disk?, spot?, machines?, mesh?, setup?, fixtures?}',
  examples: [{ big: { distro: 'debian-13', provider: 'local', instanceType: '4x8192', disk: 40 } }],
}

export const fixtureSets: Words = {
  title: 'Sets of test files',
  description:
    'Sets of your own, by name, each with its file; see docs/fixtures.md. The names of the built-in sets are taken.',
  expected: 'names of a-z, 0-9 and -, each with a file: {ours: sets/ours.yaml}',
  examples: [{ ours: 'sets/ours.yaml' }],
}

export const fixtureSetFile: Words = {
  title: 'The file of a set',
  description: 'A YAML file. A relative path starts at the folder of the configuration file.',
  expected: 'the path of a YAML file',
  examples: ['sets/ours.yaml'],
}

export const labs: Words = {
  title: 'Declared labs',
  description:
    'Labs that should exist, by name. `plan --all`, `up --all` and `down --all` are about these labs and no others.',
  expected: 'name: {profile, machines?, ttl?, owner?}, a name of a-z, 0-9 and -, a letter first',
  examples: [{ web: { profile: 'debian-aws', ttl: '12h', owner: 'anna' } }],
}

export const labMachines: Words = {
  title: 'Machines of the lab',
  description:
    'As `--machines`: names, each with its own distro where it has one. Without it, as the profile says.',
  expected: 'machines such as source,target or source:debian-13,target:rocky-9',
  examples: ['source,target:rocky-9'],
}

export const labOwner: Words = {
  title: 'Owner',
  description:
    'Who is responsible for the lab. Plans show it, and everything made of the lab has it as the tag `owner`.',
  expected: 'a name of a-z, 0-9, _ and -, at most 63',
  examples: ['anna', 'team-infra'],
}
