// The overview when one of its questions fails.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { markupOf } from '../../api/console/markup.ts'
import { overviewParts } from '../../api/console/overview.ts'
import { Sources } from '../../api/console/sources.ts'
import { EventRate } from '../../api/middleware/event-rate.ts'
import type { CustomerList } from '../../api/temporal/customer-list.ts'
import type { Installation } from '../../api/temporal/installation.ts'
import type { Onboardings } from '../../api/temporal/onboardings.ts'
import type { ParkedCustomers } from '../../api/temporal/parked-customers.ts'
import type { StuckRuns } from '../../api/temporal/stuck-runs.ts'
import { PHASES } from '../../domain/onboarding.ts'
import { createLogger } from '../../platform/logger.ts'

afterEach(() => void vi.useRealTimers())

const answer = async <T>(value: T) => await Promise.resolve(value)

/** The questions of an installation in which nobody can say how HubSpot is. */
function sources(onLog: (line: string) => void): Sources {
  const phases = Object.fromEntries(PHASES.map((phase) => [phase, 0]))
  const installation = {
    hubSpot: () => Promise.reject(new Error('broken by the test')),
    phaseCounts: () => answer({ phases: { ...phases, onboarded: 7 }, waiting: 0, stuck: 0, completed: 0 }),
    taskQueue: () =>
      answer({
        workflow: { backlog: 0, backlogSeconds: 0 },
        activity: { backlog: 0, backlogSeconds: 0 },
        workers: ['one'],
        workersOfOtherVersions: [],
      }),
    temporalUi: { stuck: () => null, parked: () => null },
  }
  return new Sources({
    onboardings: {} as Onboardings,
    customerList: {} as CustomerList,
    parkedCustomers: {
      counts: () => answer({ customers: 0, attention: [], links: { temporal: null } }),
    } as unknown as ParkedCustomers,
    stuckRuns: { counts: () => answer(null) } as unknown as StuckRuns,
    installation: installation as unknown as Installation,
    eventRate: new EventRate(),
    logger: createLogger('test', 'trace', { write: onLog }),
  })
}

describe('the overview, when an unexpected error prevents the question about HubSpot', () => {
  it('shows HubSpot as unknown beside all other numbers, and logs the error once', async () => {
    vi.useFakeTimers()
    const lines: string[] = []
    const { overview } = sources((line) => lines.push(line))
    for (let times = 0; times < 3; times += 1) {
      const snapshot = overview.latest()
      await vi.advanceTimersByTimeAsync(10_000)
      const parts = overviewParts(await snapshot)
      expect(markupOf(parts['hubspot']!)).toContain('unknown')
      expect(markupOf(parts['picture']!)).toContain('data-testid="phase-onboarded">7<')
    }
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        msg: 'a question of the console failed',
        cause: expect.stringContaining('sources.test.ts') as string,
      }),
    ])
  })

  it('names the process whose events it counts, since another process may have accepted others', async () => {
    vi.useFakeTimers()
    const snapshot = sources(() => {}).overview.latest()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(markupOf(overviewParts(await snapshot)['picture']!)).toContain('this API process')
  })
})
