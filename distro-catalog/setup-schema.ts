import { Type, type Static } from '@sinclair/typebox'
import { text } from './setting-schema.js'

const packages = Type.Array(
  Type.String({
    pattern: '^[A-Za-z0-9@][A-Za-z0-9+._:@/=~^-]{0,199}$',
    title: 'Package',
    description: 'A package, by the name that it has on this distro.',
    expected: "a package's name, such as rsync",
    examples: ['rsync'],
  }),
  {
    maxItems: 1000,
    title: 'Packages',
    description: 'What the package manager of the distro installs, first of all.',
    expected: 'a list of packages, such as [rsync, acl]',
    examples: [['rsync', 'acl']],
  },
)

const path = Type.String({
  pattern: '^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]+)+$',
  maxLength: 4096,
  title: 'Path',
  description: 'Where the file goes. Missing folders are created.',
  expected: 'an absolute path without . and .., such as /etc/app.conf',
  examples: ['/etc/app.conf'],
})

const file = Type.Object(
  {
    path,
    content: Type.Optional(
      Type.String({
        title: 'Content',
        description: 'The content of the file, as text.',
        expected: 'the content of the file',
        examples: ['debug = true\n'],
      }),
    ),
    source: Type.Optional(
      text({
        title: 'Source',
        description: 'A file of this computer with the content, relative to the file that names it.',
        expected: 'a file of this computer',
        examples: ['./app.conf'],
      }),
    ),
    mode: Type.Optional(
      Type.String({
        pattern: '^[0-7]{3,4}$',
        title: 'Mode',
        description: 'Its mode, in octal.',
        expected: 'an octal mode in quotes, such as "0600"',
        default: '0644',
        examples: ['0600'],
      }),
    ),
    owner: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,31})?$',
        title: 'Owner',
        description: 'Its user, or its user and group.',
        expected: 'a user, or a user and a group, such as www-data:www-data',
        default: 'root:root',
        examples: ['www-data:www-data'],
      }),
    ),
  },
  {
    additionalProperties: false,
    title: 'A file',
    description: 'A file of every machine, with `content` or `source`.',
    expected: 'a file: {path, content or source, mode?, owner?}',
  },
)

/** What is done to a machine once, before its baseline. `setupProblems` has the rules that no schema can express. */
export const setup = Type.Object(
  {
    packages: Type.Optional(packages),
    files: Type.Optional(
      Type.Array(file, {
        maxItems: 1000,
        title: 'Files',
        description: 'Files that are written once the packages are there.',
        expected: 'a list of files: [{path, content or source, mode?, owner?}]',
        examples: [[{ path: '/etc/motd', content: 'A machine for tests.\n' }]],
      }),
    ),
    run: Type.Optional(
      text({
        title: 'Script',
        description:
          'A script that runs last, as root. A shell script stops at the first command that fails.',
        expected: 'a script',
        examples: ['systemctl enable --now rsync\n'],
      }),
    ),
    runFile: Type.Optional(
      text({
        title: 'Script in a file',
        description: 'The same as `run`, in a file of this computer, relative to the file that names it.',
        expected: 'a file of this computer',
        examples: ['./setup.sh'],
      }),
    ),
  },
  {
    additionalProperties: false,
    title: 'Setup',
    description: 'What `up` does to a machine once, before its baseline.',
    expected: 'a setup: {packages?, files?, run? or runFile?}',
    examples: [{ packages: ['rsync', 'acl'], run: 'useradd tester\n' }],
  },
)
export type UserSetup = Static<typeof setup>
