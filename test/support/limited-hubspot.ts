// A HubSpot under a fake clock: it answers after a latency, counts the calls of a rolling window, and has limits.

import type { BatchKind, RowOutcome } from '../../hubspot/client/batch-kind.ts'
import type { CallKind } from '../../hubspot/client/call-kind.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import { sendings } from '../../hubspot/client/sending.ts'
import type { FakeClock } from './fake-clock.ts'

export interface LimitedRequest {
  kind: CallKind
  /** The names of the rows; of a single call its own name. */
  rows: string[]
  sentAt: number
  arrivedAt: number
  status: number
}

export interface Row {
  name: string
  record?: string
  group?: string
}

export interface LimitedHubSpotOptions {
  clock: FakeClock
  max?: number
  daily?: number
  latencyMs?: () => number
  /** Answers instead of a success; `null` for a success. */
  fault?: (request: { kind: CallKind; rows: string[] }) => HubSpotError | 'omits-rows' | null
  hasHeaders?: boolean
}

const WINDOW_MS = 10_000
const correlationId = '0193b0a0-0000-7000-8000-000000000000'

export function failure(status: number | null, body: object = {}, headers: Record<string, string> = {}): HubSpotError {
  return new HubSpotError({ status, headers, text: JSON.stringify({ status: 'error', correlationId, ...body }) })
}

export class LimitedHubSpot {
  readonly requests: LimitedRequest[] = []
  daily: number
  usedToday = 0
  readonly #options: Required<LimitedHubSpotOptions>
  #counted: number[] = []
  #searches: number[] = []

  constructor(options: LimitedHubSpotOptions) {
    const defaults = { max: 190, daily: 625_000, latencyMs: () => 100, fault: () => null, hasHeaders: true }
    this.#options = { ...defaults, ...options }
    this.daily = this.#options.daily
  }

  get over(): LimitedRequest[] {
    return this.requests.filter(({ status }) => status === 429)
  }

  /** A call of another app, which counts at once. */
  countOther(): void {
    this.#counted.push(this.#options.clock.now())
    this.usedToday += 1
  }

  /** The calls that HubSpot counts now. */
  get used(): number {
    const { clock } = this.#options
    this.#counted = this.#counted.filter((at) => at > clock.now() - WINDOW_MS)
    return this.#counted.length
  }

  batch(kind: CallKind, maxRows = 100): BatchKind<Row, string> {
    return {
      kind,
      maxRows,
      groupOf: ({ group = '' }) => group,
      recordsOf: ({ name, record = name }) => [record],
      sendOne: async ({ name }) => {
        const outcome = await this.answer(kind, [name])
        if (outcome === 'omits-rows') throw HubSpotError.unusableResponse('a response without a record')
        return `${name} answered`
      },
      sendMany: async (rows) => {
        const outcome = await this.answer(
          kind,
          rows.map(({ name }) => name),
        )
        return rows.map(({ name }, index): RowOutcome<string> =>
          outcome === 'omits-rows' && index % 2 === 0
            ? { outcome: 'unknown' }
            : { outcome: 'answered', answer: `${name} answered` },
        )
      },
    }
  }

  async answer(kind: CallKind, rows: string[]): Promise<'success' | 'omits-rows'> {
    const { clock, latencyMs, fault } = this.#options
    const sending = sendings.getStore()
    if (!sending) throw new Error('A call outside the scheduler')
    const request = { kind, rows, sentAt: clock.now(), arrivedAt: 0, status: 0 }
    this.requests.push(request)
    sending.onRequest()
    const latency = latencyMs()
    await clock.sleep(latency / 2)
    request.arrivedAt = clock.now()
    const limited = this.#count(kind)
    const outcome = limited ?? fault({ kind, rows })
    request.status = outcome instanceof HubSpotError ? (outcome.status ?? 0) : 200
    const headers = this.#headers(kind)
    await clock.sleep(latency / 2)
    if (!(outcome instanceof HubSpotError) || outcome.status !== null) sending.onResponse(request.status, headers)
    if (outcome instanceof HubSpotError) throw outcome
    return outcome ?? 'success'
  }

  #count(kind: CallKind): HubSpotError | null {
    const { clock, max } = this.#options
    this.usedToday += 1
    if (this.usedToday > this.daily) return failure(429, { policyName: 'DAILY' })
    if (kind === 'company.search') {
      this.#searches = this.#searches.filter((at) => at > clock.now() - 1000)
      if (this.#searches.length >= 5) return failure(429, { policyName: 'SECONDLY' })
      this.#searches.push(clock.now())
      return null
    }
    if (this.used >= max) return failure(429, { policyName: 'TEN_SECONDLY_ROLLING' })
    this.#counted.push(clock.now())
    return null
  }

  #headers(kind: CallKind): Record<string, string> {
    const { max, hasHeaders } = this.#options
    if (!hasHeaders) return {}
    const daily = {
      'x-hubspot-ratelimit-daily': String(this.daily),
      'x-hubspot-ratelimit-daily-remaining': String(Math.max(0, this.daily - this.usedToday)),
    }
    if (kind === 'company.search') return daily
    return {
      ...daily,
      'x-hubspot-ratelimit-max': String(max),
      'x-hubspot-ratelimit-remaining': String(Math.max(0, max - this.used)),
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
    }
  }
}
