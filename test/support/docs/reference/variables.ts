/** What a variable does, in one sentence. */
type Meanings = Readonly<Record<string, string>>

interface VariableGroup {
  readonly title: string
  readonly intro: string
  readonly variables: Meanings
}

const own: Meanings = {
  DISTROLAB_HOME:
    'The state folder: the default backend, keys, local VMs and logs. Default: `$XDG_STATE_HOME/distrolab`, else `~/.local/state/distrolab`.',
  DISTROLAB_CACHE:
    'The cache folder: images, engines and work folders. Default: `$XDG_CACHE_HOME/distrolab`, else `~/.cache/distrolab`.',
  DISTROLAB_CONFIG_HOME:
    'The folder of your own `config.yaml`. Default: `$XDG_CONFIG_HOME/distrolab`, else `~/.config/distrolab`.',
  DISTROLAB_TOFU: 'The OpenTofu binary to use, whatever else is found.',
  DISTROLAB_QEMU: 'The QEMU system emulator to run instead of the one on `PATH`.',
  DISTROLAB_SESSION:
    'What the labs made from here belong to, for `cleanup --session`. Default: the run, on a CI service that names it.',
  DISTROLAB_LEASE:
    'Set by `exec --local` for the script it starts, which inherits the lease. Leave it alone.',
  DISTROLAB_STALL_SECONDS:
    'How many seconds an image download may stand still before it is tried again. Default: 30.',
  DISTROLAB_DEBUG: 'Set to anything, an error inside distrolab also prints its stack trace.',
}

const honoured: Meanings = {
  CI: '`true` or `1`: no live progress.',
  NO_COLOR: 'Set to anything: no colours.',
  PATH: 'Where programs such as QEMU, OpenTofu and ssh are looked for.',
  SSH_AUTH_SOCK: 'The ssh-agent that holds your keys.',
  XDG_STATE_HOME: 'The parent of the state folder where `DISTROLAB_HOME` is not set.',
  XDG_CACHE_HOME: 'The parent of the cache folder where `DISTROLAB_CACHE` is not set.',
  XDG_CONFIG_HOME: 'The parent of the configuration folder where `DISTROLAB_CONFIG_HOME` is not set.',
  HOME: "Your home folder, where OpenTofu's own settings and providers are looked for, too.",
  XDG_DATA_HOME: "Where OpenTofu's providers of your own are looked for.",
  XDG_DATA_DIRS: 'The same, for everyone on this computer.',
  http_proxy: 'The proxy for HTTP; also in capitals.',
  HTTP_PROXY: 'The same as `http_proxy`.',
  https_proxy: 'The proxy for HTTPS; also in capitals.',
  HTTPS_PROXY: 'The same as `https_proxy`.',
  NO_PROXY:
    'Hosts that are reached without a proxy; also in small letters. This computer and the metadata addresses of clouds always are.',
  NODE_EXTRA_CA_CERTS:
    'A file of certificates, as PEM, to trust beside the usual ones. OpenTofu and its providers trust them, too.',
  AWS_CA_BUNDLE: 'The same. All connections trust it, not those to AWS alone.',
  SSL_CERT_FILE: "The same; OpenTofu and its providers trust this file instead of the system's certificates.",
  GITHUB_SERVER_URL: "On GitHub Actions: with the next two, the run's page, shown as the holder of a lease.",
  GITHUB_REPOSITORY: 'See `GITHUB_SERVER_URL`.',
  GITHUB_RUN_ID: 'See `GITHUB_SERVER_URL`.',
  CI_JOB_URL: "On GitLab CI: the job's page, shown as the holder of a lease.",
  BUILD_URL: "On Jenkins: the build's page, shown as the holder of a lease.",
  npm_lifecycle_event: 'Set by `npm run`: hints then show `npm run` commands.',
  npm_config_local_prefix: 'Set by `npm run`: where its `.npmrc` is looked for, to find flags that npm kept.',
}

const engine: Meanings = {
  TF_PLUGIN_CACHE_DIR: "Your own folder for OpenTofu's providers, used instead of the one in the cache.",
  TF_CLI_CONFIG_FILE:
    "OpenTofu's own configuration file, such as one that names a mirror. Ignored if it does not exist.",
  TERRAFORM_CONFIG: 'The same under its old name, where `TF_CLI_CONFIG_FILE` is not set.',
  TF_CLI_ARGS: 'Not passed on to OpenTofu, nor is any variable whose name starts like this.',
  TF_DATA_DIR: 'Not passed on to OpenTofu.',
  TF_ENCRYPTION: 'Not passed on to OpenTofu: `encryption` in the configuration decides.',
  TF_REATTACH_PROVIDERS: 'Not passed on to OpenTofu.',
  TF_INPUT: 'Not passed on to OpenTofu, which never asks.',
  TF_WORKSPACE: 'Not passed on to OpenTofu.',
}

const aws: Meanings = {
  AWS_PROFILE: 'The profile of `~/.aws` to use.',
  AWS_ACCESS_KEY_ID: 'An access key, with `AWS_SECRET_ACCESS_KEY`.',
  AWS_SECRET_ACCESS_KEY: 'The secret of `AWS_ACCESS_KEY_ID`.',
  AWS_SESSION_TOKEN: 'The token of temporary credentials.',
}

const azure: Meanings = {
  ARM_SUBSCRIPTION_ID: 'The subscription that labs are made in.',
  ARM_TENANT_ID: 'The tenant of the service principal, or of the account of `az login`.',
  ARM_CLIENT_ID: 'The service principal. `ARM_CLIENT_ID_FILE_PATH` names a file that holds it.',
  ARM_CLIENT_SECRET: 'Its secret. `ARM_CLIENT_SECRET_FILE_PATH` names a file that holds it.',
  ARM_CLIENT_CERTIFICATE: 'Its certificate, encoded in Base64, instead of a secret.',
  ARM_CLIENT_CERTIFICATE_PATH: 'The file of its certificate, instead of a secret.',
  ARM_CLIENT_CERTIFICATE_PASSWORD: 'The password of that certificate.',
  ARM_USE_OIDC: '`true`: log in with a token of another service that Azure trusts.',
  ARM_USE_AKS_WORKLOAD_IDENTITY: '`true`: the same, with the token of a Kubernetes workload.',
  ARM_OIDC_TOKEN: 'That token.',
  ARM_OIDC_TOKEN_FILE_PATH: 'The file that holds that token.',
  AZURE_FEDERATED_TOKEN_FILE: 'The same as `ARM_OIDC_TOKEN_FILE_PATH`; set in Kubernetes.',
  ARM_OIDC_REQUEST_URL: 'Where the CI service gives such a token.',
  ARM_OIDC_REQUEST_TOKEN: 'What opens `ARM_OIDC_REQUEST_URL`.',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'The same as `ARM_OIDC_REQUEST_URL`; set by GitHub Actions.',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'The same as `ARM_OIDC_REQUEST_TOKEN`; set by GitHub Actions.',
  ARM_USE_MSI: '`true`: log in as the Azure machine that distrolab runs on.',
  ARM_MSI_ENDPOINT: 'Where that machine gets its tokens.',
  ARM_MSI_API_VERSION: 'The version of that interface.',
  ARM_USE_CLI: '`false`: do not use the account of `az login`.',
  AZURE_CONFIG_DIR: 'Where `az` keeps its files. Default: `~/.azure`.',
  ARM_ENVIRONMENT: 'Another Azure cloud, such as `usgovernment` or `china`. Default: `public`.',
  ARM_METADATA_HOSTNAME: 'The host that describes an Azure cloud of your own.',
}

const google: Meanings = {
  GOOGLE_PROJECT: 'The project that labs are made in.',
  GOOGLE_CLOUD_PROJECT: 'The project, if `GOOGLE_PROJECT` is not set. `backend init` makes a bucket in it.',
  GCLOUD_PROJECT: 'The project, if none of the above is set.',
  CLOUDSDK_CORE_PROJECT: 'The project, if none of the above is set.',
  GOOGLE_OAUTH_ACCESS_TOKEN: 'An access token.',
  GOOGLE_CREDENTIALS: 'A file of credentials, or its content.',
  GOOGLE_CLOUD_KEYFILE_JSON: 'The same as `GOOGLE_CREDENTIALS`.',
  GOOGLE_APPLICATION_CREDENTIALS: 'A file of credentials.',
  GOOGLE_IMPERSONATE_SERVICE_ACCOUNT: 'The service account to act as.',
  GOOGLE_COMPUTE_CUSTOM_ENDPOINT: 'Another endpoint of the Compute Engine API.',
  GCE_METADATA_HOST: 'The metadata server; set, it also says that this is a machine of Google Cloud.',
  METADATA_SERVER_DETECTION: '`none`: this is not a machine of Google Cloud, whatever it looks like.',
}

/** Those that are not the default of a flag. */
export const variableGroups: readonly VariableGroup[] = [
  { title: 'Folders, programs and sessions', intro: '', variables: own },
  { title: 'Variables of the system, CI and npm', intro: '', variables: honoured },
  {
    title: 'OpenTofu',
    intro: 'OpenTofu inherits the environment, except for what belongs to your own work with it.',
    variables: engine,
  },
  {
    title: 'AWS',
    intro:
      "AWS's SDK and OpenTofu's provider read these and every other `AWS_*` variable themselves; here are the usual ones.",
    variables: aws,
  },
  { title: 'Azure', intro: "As OpenTofu's provider for Azure reads them.", variables: azure },
  { title: 'Google Cloud', intro: "As OpenTofu's provider for Google Cloud reads them.", variables: google },
]
