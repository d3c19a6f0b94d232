// The alerts and the dashboard fit the metrics, and each alert has its section in the runbook.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { METRICS_PAGE, metricNames, withMetricsTables } from '../../dev/docs/metrics.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const alerts = read('deploy/prometheus/alerts.yaml')
const ruleTests = read('deploy/prometheus/alerts.test.yaml')
const dashboard = JSON.parse(read('deploy/grafana/onramp.json')) as {
  panels: { title: string; targets?: { expr: string }[] }[]
}

const linesOf = (text: string, name: string) =>
  [...text.matchAll(new RegExp(`^[ -]*${name}: (.+)$`, 'gm'))].map(([, value]) => value ?? '')

/** The names in an expression that are metrics: neither functions, labels nor the text of a label. */
function metricsIn(expression: string): string[] {
  const bare = expression.replaceAll(/"[^"]*"/g, '').replaceAll(/\b(by|without) *\([^)]*\)/g, '')
  return bare.match(/\b(onramp|temporal|process|nodejs)_\w+/g) ?? []
}

describe('docs/metrics.md', () => {
  it('has every metric in its tables (`npm run docs` writes it)', () => {
    const squeezed = (text: string) => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---')
    const page = readFileSync(METRICS_PAGE, 'utf8')
    expect(squeezed(withMetricsTables(page))).toBe(squeezed(page))
  })
})

describe('the alerts', () => {
  const names = linesOf(alerts, 'alert')

  it('use only metrics that there are', () => {
    const used = linesOf(alerts, 'expr').flatMap(metricsIn)
    expect(used.length).toBeGreaterThanOrEqual(names.length)
    expect(used.filter((name) => !metricNames().includes(name))).toEqual([])
  })

  it('have a section each in the runbook, to which they link', () => {
    const sections = [...read('docs/runbook.md').matchAll(/^### (Onramp\w+)$/gm)].map(([, title]) => title)
    expect(sections).toEqual(names)
    expect(linesOf(alerts, 'runbook_url')).toEqual(names.map((name) => `docs/runbook.md#${name.toLowerCase()}`))
  })

  it('have a test each in which they fire, and one in which they are silent', () => {
    const fired = [...ruleTests.matchAll(/alertname: (\w+)\n +exp_alerts:\n/g)].map(([, name]) => name)
    const [, silent = ''] = /- name: all is well\n([^]*?)\n\n/.exec(ruleTests) ?? []
    expect(new Set(fired)).toEqual(new Set(names))
    for (const name of names) expect(silent).toContain(`alertname: ${name}`)
  })

  const promtool = findPromtool()
  it.skipIf(promtool === null)('fire when they should, and only then (promtool)', () => {
    const output = execFileSync(promtool ?? '', ['test', 'rules', 'alerts.test.yaml'], {
      cwd: join(ROOT, 'deploy/prometheus'),
      encoding: 'utf8',
    })
    expect(output).toContain('SUCCESS')
  })

  it('are tested by promtool in CI', () => {
    expect(process.env['CI'] === undefined || promtool !== null).toBe(true)
  })
})

describe('the dashboard', () => {
  it('uses only metrics that there are', () => {
    const used = dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr)))
    expect(used.length).toBeGreaterThan(30)
    expect(used.filter((name) => !metricNames().includes(name))).toEqual([])
  })

  it('shows every metric of onramp', () => {
    const used = new Set(dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr))))
    // A histogram has three names.
    const plain = (name: string) => name.replace(/_(bucket|sum|count)$/, '')
    const shown = new Set([...used].map(plain))
    const own = metricNames().filter((name) => name.startsWith('onramp_'))
    expect(own.filter((name) => !shown.has(plain(name)))).toEqual([])
  })
})

describe('the rates of the alerts and the dashboard', () => {
  it('hold at least five minutes, since Prometheus asks once a minute by default and a rate needs several values', () => {
    const dashboardExpressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    const expressions = [...linesOf(alerts, 'expr'), ...dashboardExpressions]
    const ranges = expressions.flatMap((expression) => [...expression.matchAll(/\[(\w+)\]/g)].map(([, range]) => range))
    expect(ranges.length).toBeGreaterThan(20)
    expect(ranges.filter((range) => !/^([5-9]|\d{2,})m$|^\d+h$/.test(range ?? ''))).toEqual([])
  })
})

/** The path of Prometheus' tool; `null` when this machine has none. */
function findPromtool(): string | null {
  try {
    return execFileSync('sh', ['-c', 'command -v promtool'], { encoding: 'utf8' }).trim() || null
  } catch {
    return null
  }
}
