/** The programs that install packages, each with its commands in scripts/machine-setup/install.ts. */
export const packageManagers = ['apt', 'dnf', 'zypper', 'apk', 'pacman'] as const
export type PackageManager = (typeof packageManagers)[number]
