// A short quota is one line in the worker's log, and so is its end.

import { expect, it, onTestFinished, vi } from 'vitest'
import type { CrmState } from '../../domain/crm-state.ts'
import { createLogger } from '../../platform/logger.ts'
import { watchQuota } from '../../worker/quota-watch.ts'

it('a quota that is short is one line, and so is its end; a slow HubSpot is none', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const lines: string[] = []
  const logger = createLogger('worker', 'info', { write: (line) => lines.push(line) })
  const state: Pick<CrmState, 'waiting' | 'oldestWaitMs'> & { left: number } = {
    waiting: { first: 0, live: 0, bulk: 0 },
    oldestWaitMs: null,
    left: 90,
  }
  const stop = watchQuota(
    () => ({ ...state, quota: { tenSeconds: { limit: 100, left: state.left } } }) as unknown as CrmState,
    logger,
  )
  onTestFinished(stop)
  const wait = (live: number, oldestWaitMs: number | null, left: number) => {
    Object.assign(state, { waiting: { first: 0, live, bulk: 0 }, oldestWaitMs, left })
    vi.advanceTimersByTime(3000)
  }
  wait(5, 5000, 90)
  wait(5, 500, 1)
  expect(lines).toEqual([])
  wait(7, 2500, 1)
  wait(9, 4000, 0)
  expect(lines).toEqual([expect.stringContaining('"count":7')])
  wait(1, 100, 20)
  expect(lines).toHaveLength(1)
  wait(0, null, 50)
  wait(0, null, 90)
  expect(lines).toEqual([expect.stringContaining('is short'), expect.stringContaining('is enough again')])
})
