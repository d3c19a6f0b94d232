// The tables of docs/metrics.md, generated from the registries.

// These files register their metrics when they are loaded.
import '../../platform/gauges.ts'
import type { Registry } from 'prom-client'
import { apiRegistry, registry, workerRegistry } from '../../platform/metrics.ts'
import { TEMPORAL_METRICS } from '../../platform/temporal-metrics.ts'
import { tableOf, withContent } from './marked-content.ts'

export const METRICS_PAGE = new URL('../../docs/metrics.md', import.meta.url)

/** A metric as prom-client keeps it; its types lack what every metric has. */
interface Registered {
  name: string
  help: string
  type: string
  labelNames: string[]
}

/** The names of all metrics that the alerts and the dashboard may use: as they stand in the text of `/metrics`. */
export function metricNames(): string[] {
  const own = [registry, apiRegistry, workerRegistry].flatMap(registered)
  const all = [...own, ...Object.entries(TEMPORAL_METRICS).map(([name, { type }]) => ({ name, type }))]
  return [...new Set(all.flatMap(namesInText))]
}

/** docs/metrics.md with the current tables. */
export function withMetricsTables(page: string): string {
  const tables: [string, Registered[]][] = [
    ['api', ownMetrics(apiRegistry)],
    ['worker', ownMetrics(workerRegistry)],
    ['both', ownMetrics(registry)],
    ['temporal', Object.entries(TEMPORAL_METRICS).map(([name, metric]) => ({ name, ...metric, labelNames: [] }))],
  ]
  return tables.reduce((text, [name, metrics]) => withContent(text, name, tableOfMetrics(metrics)), page)
}

/** The metrics of onramp itself, without those of Node. */
function ownMetrics(of: Registry): Registered[] {
  return registered(of).filter(({ name }) => name.startsWith('onramp_'))
}

function registered(of: Registry): Registered[] {
  return of.getMetricsAsArray() as unknown as Registered[]
}

function tableOfMetrics(metrics: Registered[]): string {
  const rows = metrics.map(({ name, type, labelNames, help }) => {
    const labels = labelNames.length === 0 ? '' : `{${labelNames.join(', ')}}`
    return [`\`${name}${labels}\``, type, help]
  })
  return tableOf(['metric', 'type', 'meaning'], rows)
}

function namesInText({ name, type }: Pick<Registered, 'name' | 'type'>): string[] {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((ending) => name + ending) : [name]
}
