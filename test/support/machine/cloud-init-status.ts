interface Stage {
  readonly start?: number | null
  readonly finished?: number | null
  readonly errors?: readonly string[]
  readonly recoverable_errors?: Readonly<Record<string, readonly string[]>>
}

const EMPTY: Stage = { start: null, finished: null, errors: [], recoverable_errors: {} }

/** /run/cloud-init/status.json as cloud-init 25 writes it, with what differs from an idle one. */
export const status = (stages: Readonly<Record<string, Stage>>): unknown => ({
  v1: {
    datasource: 'DataSourceNoCloud [seed=/dev/vdb][dsmode=net]',
    stage: null,
    init: { ...EMPTY, ...stages['init'] },
    'init-local': { ...EMPTY, ...stages['init-local'] },
    'modules-config': { ...EMPTY, ...stages['modules-config'] },
    'modules-final': { ...EMPTY, ...stages['modules-final'] },
  },
})
