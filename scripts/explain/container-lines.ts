import { typed } from '../report/typed.js'

export const MAKE_ACCOUNT = (account: string): string =>
  typed`az storage account create --name ${account} --resource-group GROUP --location REGION --sku Standard_LRS --allow-blob-public-access false`
export const MAKE_CONTAINER = (account: string, container: string): string =>
  typed`az storage container create --account-name ${account} --name ${container} --auth-mode login`
