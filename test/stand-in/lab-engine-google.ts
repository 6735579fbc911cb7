import { openCompute } from '../../scripts/providers/google/client.js'
import type { CarryOut, Declared, Kind, StandInProvider } from './lab-engine-kinds.js'

/** Compute Engine. `image`: of all machines. */
export function googleProviderOf(region: string, image: string, carryOut: CarryOut): StandInProvider {
  const compute = openCompute()
  const own = (id: string): string => id.slice(id.indexOf('/', 'projects/'.length) + 1)
  const kind = (place: (declared: Declared) => string, body: (declared: Declared) => object): Kind => ({
    async create(declared, { made }) {
      const { name } = declared
      await carryOut(() => compute.change('POST', place(declared), { name, ...body(declared) }))
      made(`projects/${compute.project}/${place(declared)}/${name}`)
    },
    isThere: async (id) => (await compute.find(own(id))) !== undefined,
    remove: (id) => carryOut(() => compute.change('DELETE', own(id))),
  })
  const described = ({ description }: Declared): object => ({ description })
  return {
    async address(machine, idOf) {
      interface Found {
        readonly networkInterfaces: readonly {
          readonly accessConfigs: readonly { readonly natIP: string }[]
        }[]
      }
      const found = await compute.get<Found>(own(idOf(`\${google_compute_instance.${machine}.id}`)))
      return found.networkInterfaces[0]?.accessConfigs[0]?.natIP ?? ''
    },
    kinds: {
      google_compute_network: kind(() => 'global/networks', described),
      google_compute_subnetwork: kind(() => `regions/${region}/subnetworks`, described),
      google_compute_firewall: kind(() => 'global/firewalls', described),
      google_compute_instance: kind(
        ({ zone }) => `zones/${String(zone)}/instances`,
        ({ labels, metadata, scheduling }) => ({
          labels,
          scheduling: schedulingOf(scheduling as Scheduling),
          disks: [{ boot: true, initializeParams: { sourceImage: image, diskSizeGb: '20', labels } }],
          metadata: {
            items: Object.entries(metadata as object).map(([key, value]) => ({ key, value: String(value) })),
          },
          networkInterfaces: [{ network: 'global/networks/default' }],
        }),
      ),
    },
  }
}

interface Scheduling {
  readonly termination_time?: string
  readonly provisioning_model?: string
  readonly automatic_restart?: boolean
  readonly instance_termination_action?: string
}

const schedulingOf = (scheduling: Scheduling): object => ({
  terminationTime: scheduling.termination_time,
  provisioningModel: scheduling.provisioning_model,
  automaticRestart: scheduling.automatic_restart,
  instanceTerminationAction: scheduling.instance_termination_action,
})
