// G9 · A worker without customers: what is wrong with HubSpot ends there as well, and nothing is asked while nothing is wrong.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Outage } from '../../activities/outage.ts'
import { createCalls } from '../../hubspot/client/calls.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import { sendings } from '../../hubspot/client/sending.ts'
import { createLogger } from '../../platform/logger.ts'
import { probeHubSpot } from '../../worker/hubspot-probes.ts'

const HOUR_MS = 60 * 60_000
const answers =
  (status: number, body: object = {}) =>
  () => {
    sendings.getStore()?.onRequest()
    const text = JSON.stringify({ status: 'error', correlationId: 'x', ...body })
    return Promise.reject(new HubSpotError({ status, headers: {}, text }))
  }

describe('G9 · a worker on which nobody calls HubSpot', () => {
  const readAny = vi.fn<() => Promise<unknown>>()
  let stop: () => void = () => {}

  beforeEach(() => {
    readAny.mockReset().mockImplementation(async () => sendings.getStore()?.onRequest())
    vi.useFakeTimers()
    return () => {
      stop()
      vi.useRealTimers()
    }
  })

  function aWorker() {
    let customer = 'cus_1'
    const scheduler = new QuotaScheduler()
    const circuitBreaker = { probeSeconds: 30, onChange: () => {} }
    const caller = () => ({ customer, step: 'updateContact' })
    const calls = createCalls({ scheduler, circuitBreaker, caller }, readAny)
    const changes: string[] = []
    const outage = new Outage((change) => changes.push(change))
    const state = () => ({ ...scheduler.state(), ...calls.state() })
    const logger = createLogger('worker', 'info', { write: () => {} })
    stop = probeHubSpot({ hubspot: { ...calls, state }, outage, pauseSeconds: 30, logger })
    const call = async (name: string, perform: () => Promise<unknown>) => {
      customer = name
      await calls.call('contact.update', perform).catch(() => {})
    }
    const fail = () => ['a', 'b', 'c'].forEach((name) => outage.failed(name))
    return { call, state, outage, changes, fail }
  }

  it('makes no call while nothing is wrong', async () => {
    aWorker()
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(readAny).not.toHaveBeenCalled()
  })

  it('probes once in each pause while the token is rejected, until HubSpot accepts it', async () => {
    const { call, state } = aWorker()
    readAny.mockImplementation(answers(401))
    await call('cus_1', answers(401))
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    expect(state().circuit.state).toBe('open')
    expect(readAny).toHaveBeenCalledTimes(10)

    readAny.mockResolvedValue({})
    await vi.advanceTimersByTimeAsync(30_000)
    expect(state().circuit.state).toBe('closed')
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(readAny).toHaveBeenCalledTimes(11)
  })

  it('probes no more once it has ended', async () => {
    const { call } = aWorker()
    await call('cus_1', answers(401))
    stop()
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(readAny).not.toHaveBeenCalled()
  })

  it('notices the end of an outage', async () => {
    const { changes, fail } = aWorker()
    fail()
    readAny.mockImplementation(answers(503))
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(changes).toEqual(['began'])

    readAny.mockResolvedValue({})
    await vi.advanceTimersByTimeAsync(30_000)
    expect(changes).toEqual(['began', 'ended'])
  })

  it('does not take an outage of the writes for over while steps still fail', async () => {
    const { changes, fail } = aWorker()
    for (let minute = 0; minute < 30; minute += 1) {
      fail()
      await vi.advanceTimersByTimeAsync(60_000)
    }
    expect(changes).toEqual(['began'])
    expect(readAny).not.toHaveBeenCalled()
  })

  it('makes the hourly probe of the daily limit, and no other call before', async () => {
    const { call, state } = aWorker()
    const isOver = answers(429, { policyName: 'DAILY' })
    readAny.mockImplementation(isOver)
    await call('cus_1', isOver)
    await vi.advanceTimersByTimeAsync(2.5 * HOUR_MS)
    expect(state().quota.day.isReached).toBe(true)
    expect(readAny).toHaveBeenCalledTimes(2)

    readAny.mockImplementation(async () => sendings.getStore()?.onRequest())
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(state().quota.day.isReached).toBe(false)
    expect(readAny).toHaveBeenCalledTimes(3)
  })

  it('has a forbidden kind of call wait no longer when no customer has tried one for ten pauses', async () => {
    const { call, state } = aWorker()
    for (const customer of ['cus_1', 'cus_2', 'cus_3']) await call(customer, answers(403))
    await vi.advanceTimersByTimeAsync(9.5 * 30_000)
    expect(state().forbiddenKinds).toEqual(['contact.update'])
    await vi.advanceTimersByTimeAsync(30_000)
    expect(state().forbiddenKinds).toEqual([])

    // The next 403 parks nobody: a fourth customer's call waits at once.
    await call('cus_4', answers(403))
    expect(state().forbiddenKinds).toEqual(['contact.update'])
  })
})
