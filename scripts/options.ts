import type { Options } from 'yargs'

export const text = (describe: string): Options => ({ type: 'string', describe, requiresArg: true })

/** May be repeated; `listFlag` reads it. */
export const repeatedText = (describe: string): Options => ({ ...text(describe), array: true })

/** Flags that every verb accepts. */
export const commonOptions: Readonly<Record<string, Options>> = {
  backend: text('Where the records of labs are kept, such as file:///srv/labs'),
  config: text('Configuration file instead of the nearest distrolab.yaml'),
  output: { ...text('text or json; plan also accepts markdown, for pull requests'), alias: 'o' },
  verbose: { type: 'count', alias: 'v', describe: 'Show the log on stderr; twice for details' },
  quiet: { type: 'boolean', alias: 'q', describe: 'Show no progress' },
}

export const profileOption: Readonly<Record<string, Options>> = {
  profile: text('Distro and provider, such as debian-local; names its default lab'),
}

export const nameOption: Readonly<Record<string, Options>> = {
  name: text("The lab's name; default: the profile's"),
}

export const leaseOptions: Readonly<Record<string, Options>> = {
  'wait-lock': text("How long to wait for another command's lease, such as 10m; 0 does not wait"),
}

export const applyOption: Readonly<Record<string, Options>> = {
  'apply-timeout': text(
    'How long creating or removing machines may take, such as 20m; default: 10m on clouds, 30m here',
  ),
}

export const limitOptions: Readonly<Record<string, Options>> = {
  ...applyOption,
  'wait-timeout': text(
    'How long a machine may take until SSH works, and then until it is configured, such as 15m (default 5m)',
  ),
}

export const yesOption: Readonly<Record<string, Options>> = {
  yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
}

export const machineOptions: Readonly<Record<string, Options>> = {
  region: text('auto, or a region of the provider'),
  regions: text('The only regions that auto may choose, such as eu-west-1,eu-north-1'),
  zone: text('On clouds: a zone of the region, such as b or eu-west-1b; Azure: 1'),
  arch: text('x86_64 or arm64'),
  size: text('small, lab, large; on clouds also xl'),
  'instance-type': text("The provider's own type; local: vCPUs x MiB, such as 4x8192"),
  disk: text('Root disk in GiB, such as 40'),
  spot: { type: 'boolean', describe: 'On clouds: cheaper machines that the cloud may reclaim' },
  network: text(
    'On clouds: default (where there is one), own for a network of its own, or one of yours: vpc-…, NETWORK/SUBNET, GROUP/NETWORK',
  ),
  tag: repeatedText('A tag of your own on everything that is created, such as team=infra; may be repeated'),
  'allow-from': text(
    'On clouds: the networks that may reach SSH, such as 203.0.113.7/32,198.51.100.0/24; auto: this computer only (default)',
  ),
  'ssh-key': text('Private key to use, or the .pub of a key in the ssh-agent; default: a new key per lab'),
  wait: text('ready (default), ssh or none'),
}

/** What is done to machines that are made. */
export const setupOption: Readonly<Record<string, Options>> = {
  setup: text(
    'YAML file with packages, files and a script for new machines; default: the setup of the profile',
  ),
}

/** What a new lab consists of. */
export const labOptions: Readonly<Record<string, Options>> = {
  ...setupOption,
  machines: text('The machines of the lab, such as source,target or source:debian-13,target:rocky-9'),
  count: text('The number of its machines, called m1, m2, …'),
  mesh: text(
    "Which of several machines may log in on which others: full (default), none, or pairs such as 'source->target'",
  ),
}

/** The labs of the configuration's `labs:`. */
export const allOption: Readonly<Record<string, Options>> = {
  all: { type: 'boolean', describe: 'Every lab that the configuration declares in labs:' },
}

export const coldOption: Readonly<Record<string, Options>> = {
  cold: { type: 'boolean', describe: 'Boot local machines, although there is a warm image of them' },
}

export const ttlOption: Readonly<Record<string, Options>> = {
  ttl: text('How long the lab lives from now on, such as 90m, 4h (default), 3d or none'),
}

export const providerOption: Readonly<Record<string, Options>> = {
  provider: text('aws, azure or google, if no profile is given'),
}

export const machineOption: Readonly<Record<string, Options>> = {
  machine: text('A machine of the lab; default: its main one'),
}
