import { homedir } from 'node:os'
import { join } from 'node:path'
import { App } from './cdktf.js'
import { directoryLocation, placeId } from '../backend/location.js'
import { stateBackend } from '../backend/state-backend.js'
import { isLabName } from '../backend/lab-name.js'
import { MAIN_MACHINE } from '../backend/machines.js'
import { loadCatalog } from '../distro-catalog/load.js'
import { resolveOffer } from '../distro-catalog/resolve.js'
import { resolveSize } from '../distro-catalog/size.js'
import { buildLabStack } from './app.js'
import { driverProgram } from './local/driver-program.js'
import { imageSourceOf, planLocalLab } from './local/plan.js'
import { machineId, sshPortCandidates } from './naming.js'

/**
 * The app of `cdktf.json`: one stack for each profile of the catalog, as `cdktf synth` shows it, with
 * defaults and without keys. The CLI synthesises real labs from their records.
 */
const app = new App()
const home = join(homedir(), '.local/state/distrolab')
const location = directoryLocation(home)
// The preview belongs to no backend, because a real id is random.
const id = placeId(location)
const catalog = await loadCatalog()
const local = catalog.providers.get('local')

for (const distro of catalog.distros.values()) {
  const lab = `${distro.name.replaceAll('.', '-')}-local`
  if (local === undefined || distro.providers.local === undefined || !isLabName(lab)) continue
  const offer = resolveOffer(distro, 'local')
  const image = imageSourceOf(distro, offer, process.arch)
  if (image === undefined) continue
  const [sshPort] = sshPortCandidates(machineId(id, lab, MAIN_MACHINE))
  const spec = planLocalLab({
    lab,
    profile: `${distro.name}-local`,
    backendId: id,
    state: stateBackend(location, lab),
    driver: driverProgram,
    machines: [
      {
        name: MAIN_MACHINE,
        image,
        imageId: null,
        size: resolveSize(local, { minimumDiskGiB: offer.minimumDiskGiB }),
        user: offer.user,
        sshPort: sshPort ?? 0,
        directory: join(home, 'machines', id, lab, MAIN_MACHINE),
      },
    ],
    authorizedKeys: [],
    cache: join(homedir(), '.cache/distrolab'),
    instanceId: 'preview',
    expiresAt: null,
  })
  await buildLabStack(app, spec)
}
app.synth()
