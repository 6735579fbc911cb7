/** What can go wrong with machines that are stopped and started. */
export type StopFault =
  | {
      readonly code: 'stop-refused'
      readonly lab: string
      readonly provider: string
      readonly reason: string
    }
  /** It was stopped, so nothing answers. */
  | { readonly code: 'lab-stopped'; readonly lab: string; readonly machine: string }
  | { readonly code: 'machine-gone'; readonly lab: string; readonly machine: string }
