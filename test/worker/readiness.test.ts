// When a worker is ready, what it says while it is not, and what it says beside.

import { describe, expect, it, onTestFinished } from 'vitest'
import type { CrmState } from '../../domain/crm-state.ts'
// Registers the gauges.
import '../../platform/gauges.ts'
import { serveHealth } from '../../platform/health.ts'
import { workerRegistry } from '../../platform/metrics.ts'
import type { TemporalProblem } from '../../platform/temporal-problem.ts'
import { WorkerReadiness } from '../../worker/readiness.ts'
import { freePort } from '../support/temporal.ts'

interface Known {
  temporal: TemporalProblem
  circuit: 'open' | 'closed'
  forbiddenKinds: string[]
  outageSince: string | null
  isDailyLimitReached: boolean
  missingKeys: string[]
}

/** A worker that does its work, but for what is given. */
function aWorker(given: Partial<Known & Pick<WorkerReadiness, 'version' | 'setup' | 'polls'>> = {}): WorkerReadiness {
  const { temporal = null, circuit = 'closed', forbiddenKinds = [], outageSince = null, missingKeys = [] } = given
  const hubSpot = {
    circuit: { state: circuit, since: '2026-12-01T12:00:00.000Z' },
    forbiddenKinds,
    outageSince,
    quota: { day: { isReached: given.isDailyLimitReached ?? false } },
  } as unknown as CrmState
  const readiness = new WorkerReadiness({
    temporalProblem: async () => temporal,
    hubSpot: () => hubSpot,
    missingKeys: () => missingKeys,
  })
  const { version = 'current', setup = 'there', polls = () => true } = given
  return Object.assign(readiness, { version, setup, polls })
}

const outageSince = '2026-12-01T12:00:00.000Z'

describe('a worker is not ready', () => {
  it.each([
    ['while Temporal does not answer', { temporal: 'temporal' }, ['temporal']],
    ['without the namespace', { temporal: 'temporal-namespace' }, ['temporal-namespace']],
    ['without the search attributes', { temporal: 'search-attributes' }, ['search-attributes']],
    ['before its first poll', { version: null }, ['polling']],
    ['while it stops', { polls: () => false }, ['polling']],
    ['before HubSpot was asked for the properties', { setup: 'checking' }, ['hubspot']],
    ['without onramp’s properties in HubSpot', { setup: 'missing' }, ['hubspot']],
    ['while HubSpot rejects the token', { circuit: 'open' }, ['hubspot-token']],
    [
      'while HubSpot forbids a kind of call',
      { forbiddenKinds: ['contact.erase'] },
      ['hubspot-forbidden:contact.erase'],
    ],
    ['without a key of payloads', { missingKeys: ['old'] }, ['payload-key:old']],
  ] as const)('%s', async (_, given, failing) => {
    expect((await aWorker(given as Parameters<typeof aWorker>[0]).condition()).failing).toEqual(failing)
  })

  it('says so also while HubSpot is unavailable', async () => {
    const { failing } = await aWorker({ circuit: 'open', outageSince }).condition()
    expect(failing).toEqual(['hubspot-token'])
  })
})

describe('a worker is ready, but degraded', () => {
  it.each([
    ['while HubSpot is unavailable', { outageSince }, ['hubspot-unavailable']],
    ['when HubSpot did not say whether it has the properties', { setup: 'unknown' }, ['hubspot-unavailable']],
    ['while HubSpot’s daily limit is reached', { isDailyLimitReached: true }, ['hubspot-daily-limit']],
    ['while another version is current', { version: 'not-current' }, ['version-not-current']],
    ['when Temporal does not name the current version', { version: 'unknown' }, ['version-unknown']],
  ] as const)('%s', async (_, given, degraded) => {
    expect(await aWorker(given as Parameters<typeof aWorker>[0]).condition()).toEqual({ failing: [], degraded })
  })
})

describe('GET /health/ready of a worker answers', () => {
  it.each([
    [200, 'ok', { failing: [], degraded: [] }, { status: 'ok' }],
    [200, 'degraded', { failing: [], degraded: ['a'] }, { status: 'degraded', reasons: ['a'] }],
    [503, 'unavailable', { failing: ['b'], degraded: ['a'] }, { status: 'unavailable', failing: ['b'] }],
  ])('%i %s', async (status, _, condition, body) => {
    const port = await serve(condition)
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`)
    expect([response.status, await response.json()]).toEqual([status, body])
  })

  it('on METRICS_HOST alone, with the metrics of this kind of process', async () => {
    const port = await serve({ failing: [], degraded: [] }, '127.0.0.2')
    const text = await (await fetch(`http://127.0.0.2:${port}/metrics`)).text()
    expect(text).toContain('onramp_hubspot_locked_out 0')
    expect(text).toContain('onramp_parked_total{reason="email-taken",step="contact"} 0\n')
    expect(text).toContain('process_resident_memory_bytes')
    expect(text).not.toContain('onramp_webhooks_total')
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow('fetch failed')
  })

  it('no value for what it cannot know yet', async () => {
    const port = await serve({ failing: [], degraded: [] })
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    expect(text).not.toMatch(/^onramp_hubspot_quota_remaining/m)
  })

  async function serve(condition: { failing: string[]; degraded: string[] }, host = '127.0.0.1'): Promise<number> {
    const port = await freePort()
    const server = await serveHealth({ host, port, condition: () => condition, metrics: workerRegistry })
    onTestFinished(() => void server.close())
    return port
  }
})
