/** What can go wrong with the names and keys that machines of a lab have of each other. */
export interface MeshFault {
  readonly code: 'mesh-failed'
  readonly lab: string
  readonly machine: string
  readonly reason: string
}
