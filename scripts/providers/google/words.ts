import { typed } from '../../report/typed.js'
import { THEN, type CloudWords } from '../cloud-words.js'

export const googleWords: CloudWords = {
  title: 'Google Cloud',
  project: 'project',
  logIn:
    'gcloud auth application-default login    # or set GOOGLE_APPLICATION_CREDENTIALS; then run the same command again',
  logInAgain: 'gcloud auth application-default login    # then run the same command again',
  nameProject:
    'export GOOGLE_PROJECT=$(gcloud config get-value project)    # then run the same command again',
  namingAccount: (account) => typed`GOOGLE_PROJECT=${account}`,
  requestQuota: 'gcloud compute regions describe REGION --format="table(quotas)"',
  ruler: 'an Organization Policy Administrator (roles/orgpolicy.policyAdmin)',
  showRule: (rule) =>
    rule &&
    typed`gcloud org-policies describe ${rule.replace(/^constraints\//, '')} --effective --project "$GOOGLE_PROJECT"`,
  rules: [/((?:customConstraints|constraints)\/[\w.-]+\w)/],
  // Its constraints have one-word names; the words after the name say what they require.
  wishIn: 'reason',
  openAccount:
    'gcloud billing projects describe "$GOOGLE_PROJECT"    # a Billing Administrator can link an account that is open',
  switchOn: (reason) => {
    const [, project = 'PROJECT'] = /in project (\S+) before|project[=/]([\w-]+)/.exec(reason) ?? []
    return typed`gcloud services enable compute.googleapis.com --project ${project}`
  },
  advice: [
    [
      /impersonate|iam\.serviceAccounts\.getAccessToken|iamcredentials/,
      `echo "$GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"    # grant yourself roles/iam.serviceAccountTokenCreator on that account, ${THEN}`,
    ],
    [
      /GOOGLE_APPLICATION_CREDENTIALS|GOOGLE_CREDENTIALS|no file of credentials|no usable credentials|Invalid JWT|account not found|DECODER|not valid JSON|in JSON at position|^E[A-Z]+: |lstat '|external_account|credential_source|subject token|No such file or directory.*credentials|the file at .* does not exist/i,
      `ls -l "$GOOGLE_APPLICATION_CREDENTIALS"    # point it at an existing credentials file, or unset it and run: gcloud auth application-default login; ${THEN}`,
    ],
  ],
}
