// docs/operations/sizing.md and daily-limit.md: the page's commands against an API and a worker as processes.

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { describeSettings } from '../../../platform/config.ts'
import {
  registrationOf,
  sendTo,
  startApi,
  startHubSpot,
  startWorker,
  waitForPhase,
} from '../../support/installation.ts'
import { pageText, runPage } from '../../support/page-commands.ts'
import { OPERATOR_TOKEN } from '../../support/sender.ts'

async function startAll() {
  const { url: hubspotUrl, portal } = await startHubSpot()
  const taskQueue = `test-${randomUUID()}`
  const api = await startApi({ TEMPORAL_TASK_QUEUE: taskQueue })
  const worker = await startWorker(hubspotUrl, taskQueue, { HUBSPOT_PROBE_SECONDS: '1' })
  return { api, portal, worker }
}

describe('docs/operations/sizing.md', () => {
  it('shows what to look at on a worker and on an API', async () => {
    const { api, worker } = await startAll()
    const customerId = `cus_${randomUUID()}`
    await sendTo(api.url, registrationOf(customerId))
    await waitForPhase(api.url, customerId, 'onboarded')
    const env = { WORKER_METRICS_URL: worker.metricsUrl, API_METRICS_URL: api.metricsUrl }
    const names = (text: string) => new Set([...text.matchAll(/^(\w+)/gm)].map(([, name]) => name))
    const ofWorker = await runPage('operations/sizing.md', 'curl --silent --show-error --fail "$WORKER', env)
    for (const name of ['onramp_hubspot_queue', 'onramp_hubspot_quota_remaining', 'process_resident_memory_bytes'])
      expect(names(ofWorker)).toContain(name)
    const ofApi = async () =>
      names(await runPage('operations/sizing.md', 'curl --silent --show-error --fail "$API', env))
    for (const name of ['onramp_requests', 'onramp_task_queue_pollers']) await expect.poll(ofApi).toContain(name)
  })

  it('names settings with their defaults', () => {
    const page = pageText('operations/sizing.md')
    const fallback = (name: string) => describeSettings().find((setting) => setting.name === name)?.fallback
    expect(page).toContain(`\`WORKER_CACHED_WORKFLOWS\` (${fallback('WORKER_CACHED_WORKFLOWS')}`)
    expect(page).toContain(`\`HUBSPOT_RESERVE\` (${fallback('HUBSPOT_RESERVE')} %)`)
  })
})

describe('docs/operations/daily-limit.md', () => {
  it('shows the limit, who waits and for what; then all go on', async () => {
    const { api, portal, worker } = await startAll()
    await portal.fault({ times: null, effect: { kind: 'status', status: 429, policy: 'DAILY' } })
    const CUSTOMER_ID = `cus_${randomUUID()}`
    expect(await sendTo(api.url, registrationOf(CUSTOMER_ID))).toBe(202)
    const env = { METRICS_URL: worker.metricsUrl, CUSTOMER_ID, ONRAMP_URL: api.url, ONRAMP_TOKEN: OPERATOR_TOKEN }
    const page = (command: string) => runPage('operations/daily-limit.md', command, env)
    await expect.poll(() => page('curl')).toContain('onramp_hubspot_daily_limit_reached 1')
    await expect.poll(() => page('npm run customer -- list')).toContain(CUSTOMER_ID)
    const status = await page('npm run customer -- status')
    expect(status).toContain('at lookup')
    expect(status).toMatch(/next at .*\n.*answered by onramp/)
    expect(await worker.ready()).toMatchObject({
      status: 200,
      body: { status: 'degraded', reasons: ['hubspot-daily-limit'] },
    })
  })
})
