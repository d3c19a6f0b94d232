// Sends each call when the quota allows it, unless the token or its kind is rejected; and confirms that a record is missing.

import type { BatchKind, CallContext } from './batch-kind.ts'
import { isWrite } from './call-kind.ts'
import type { CallKind } from './call-kind.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import type { CircuitBreakerOptions } from './circuit-breaker.ts'
import { mayBeExecuted } from './errors.ts'
import { ForbiddenCalls } from './forbidden-calls.ts'
import type { ForbiddenCallsOptions } from './forbidden-calls.ts'
import { HubSpotError } from './hubspot-error.ts'
import { MissingRecords } from './missing-records.ts'
import type { Caller } from './missing-records.ts'
import { createNeutralCall } from './neutral-call.ts'
import type { Terms } from './scheduled-call.ts'
import type { Scheduler } from './scheduler.ts'

export interface CallOptions {
  circuitBreaker: CircuitBreakerOptions
  /** The customer and the step of the running activity. Returns `undefined` outside of one, as in the setup; then each 403 is thrown. */
  caller?: () => Caller | undefined
  /** The signal that cancels the running activity's calls; `undefined` outside of one. */
  cancellation?: () => AbortSignal | undefined
  /** How the running activity wants its calls scheduled. `undefined`: as live calls that wait without limit. */
  context?: () => CallContext | undefined
  onForbidden?: ForbiddenCallsOptions['onChange']
  /** Seconds before a step asks for a missing record again; 60 when absent. */
  missingPauseSeconds?: number
}

export type Calls = ReturnType<typeof createCalls>

const UNSENT = { finding: 'not-sent', pauseSeconds: null } as const
const LIVE: CallContext = { priority: 'live', maxWaitMs: null }
// Others wait for the neutral call's outcome. When the quota is used up for longer, the outcome is `failed`.
const NEUTRAL: Terms = { priority: 'first', maxWaitMs: 10_000, signal: undefined, admit: () => {} }

/** @param readAny reads any one record */
export function createCalls(
  {
    circuitBreaker,
    caller = () => undefined,
    cancellation = () => undefined,
    context = () => undefined,
    onForbidden = () => {},
    missingPauseSeconds = 60,
    scheduler,
  }: CallOptions & { scheduler: Scheduler },
  readAny: () => Promise<unknown>,
) {
  const neutralCall = createNeutralCall(() => scheduler.call('contact.read', readAny, NEUTRAL))
  const breaker = new CircuitBreaker(circuitBreaker, neutralCall)
  const trialSeconds = circuitBreaker.probeSeconds
  const forbidden = new ForbiddenCalls({ breaker, neutralCall, trialSeconds, onChange: onForbidden })
  const missing = new MissingRecords({ neutralCall, pauseSeconds: missingPauseSeconds })
  const withBreaker = batchesWithBreaker(breaker)

  /** A call that goes alone. */
  async function call<T>(kind: CallKind, perform: () => Promise<T>): Promise<T> {
    return await guarded(kind, (terms) => scheduler.call(kind, () => breaker.run(perform), terms))
  }

  /** A row, which goes alone or with others. The outcome is the same. */
  async function callRow<Row, Answer>(batch: BatchKind<Row, Answer>, row: Row): Promise<Answer> {
    return await guarded(batch.kind, (terms) => scheduler.row(withBreaker(batch), row, terms))
  }

  async function guarded<T>(kind: CallKind, send: (terms: Terms) => Promise<T>): Promise<T> {
    const customer = caller()?.customer
    const { priority, maxWaitMs, maySend = () => true, onSend, onUnanswered } = context() ?? LIVE
    const verb = isWrite(kind) ? 'write' : 'read'
    let wasUnanswered = false
    const terms = {
      priority,
      maxWaitMs,
      signal: cancellation(),
      onUnanswered: () => {
        wasUnanswered = true
        onUnanswered?.()
      },
      ...(onSend && { onSend: () => onSend(verb) }),
    }
    const sendIf = async (admitKind: () => void) => {
      const admit = () => {
        if (!maySend(verb)) throw HubSpotError.notSent(null, 'Nobody waits for the call', UNSENT)
        admitKind()
      }
      return await send({ ...terms, admit })
    }
    try {
      return customer === undefined ? await sendIf(() => {}) : await forbidden.run(kind, customer, sendIf)
    } catch (error) {
      if (error instanceof HubSpotError) error.isUnanswered = isWrite(kind) && (wasUnanswered || mayBeExecuted(error))
      throw error
    }
  }

  return {
    call,
    callRow,
    /** A call to a record that was there. A 404 without a finding means that the record is missing. */
    callRecord: <T>(kind: CallKind, perform: () => Promise<T>): Promise<T> =>
      missing.confirm(caller(), () => call(kind, perform)),
    /** The same for a row. */
    callRecordRow: <Row, Answer>(batch: BatchKind<Row, Answer>, row: Row): Promise<Answer> =>
      missing.confirm(caller(), () => callRow(batch, row)),
    /** Makes the neutral call, which closes an open circuit, and is the daily limit's probe when that is due. */
    probe: () => breaker.probe(),
    /** Ends the wait of each forbidden kind of call that no customer has tried for long. */
    forgetUntried: () => forbidden.forgetUntried(),
    /** Whether HubSpot accepts the token, and the kinds of call that it forbids for several customers. */
    state: () => ({ circuit: breaker.state(), forbiddenKinds: forbidden.waitingKinds }),
  }
}

/** Each request of a batch passes the circuit breaker. One batch always gives the same result, since its rows share a queue. */
function batchesWithBreaker(breaker: CircuitBreaker) {
  const known = new WeakMap<object, BatchKind<unknown, unknown>>()
  return function withBreaker<Row, Answer>(batch: BatchKind<Row, Answer>): BatchKind<Row, Answer> {
    const existing = known.get(batch) as BatchKind<Row, Answer> | undefined
    if (existing) return existing
    const guarded: BatchKind<Row, Answer> = {
      kind: batch.kind,
      maxRows: batch.maxRows,
      groupOf: (row) => batch.groupOf(row),
      recordsOf: (row) => batch.recordsOf(row),
      sendOne: (row) => breaker.run(() => batch.sendOne(row)),
      sendMany: (rows) => breaker.run(() => batch.sendMany(rows)),
    }
    known.set(batch, guarded as BatchKind<unknown, unknown>)
    return guarded
  }
}
