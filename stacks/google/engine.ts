import type { EngineProvider } from '../engine-provider.js'

export const googleEngine: EngineProvider = {
  source: 'registry.opentofu.org/hashicorp/google',
  types: [
    'google_compute_firewall',
    'google_compute_image',
    'google_compute_instance',
    'google_compute_network',
    'google_compute_subnetwork',
  ],
}
