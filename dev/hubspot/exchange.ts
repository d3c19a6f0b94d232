// One API request from its bytes to the answer's: journal, trouble, token, limits, handler.

import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { JSON_TYPE, type Answer } from './answer.ts'
import { conflictAnswer } from './conflict-forms.ts'
import { correlationId as newCorrelationId } from './correlation-id.ts'
import type { Emulator } from './emulator.ts'
import { methodNotAllowed, resourceNotFound } from './errors.ts'
import type { FaultEffect } from './fault.ts'
import type { JournalEntry } from './journal.ts'
import { DuplicateContact } from './portal/writes.ts'
import { answerForStatus, credentialsNotFound, edgePage } from './refusal-by-status.ts'
import { Refusal, refusalBody } from './refusal.ts'
import type { Route } from './routes/table.ts'
import type { ConflictForm } from './settings.ts'
import type { Router } from './router.ts'

export interface ApiRequest {
  method: string
  /** Path and query as they were sent. */
  target: string
  headers: IncomingHttpHeaders
  body: string
}

/** What goes back over the socket; `cut` breaks the connection, `hang` leaves it open without a word. */
export type Reply = { status: number; headers: Record<string, string>; text: string } | 'cut' | 'hang'

export class Exchange {
  readonly #emulator: Emulator
  readonly #routes: Router<Route>

  constructor(emulator: Emulator, routes: Router<Route>) {
    this.#emulator = emulator
    this.#routes = routes
  }

  async reply(request: ApiRequest): Promise<Reply> {
    const { clock, faults, journal, random, settings } = this.#emulator
    const [path = '/', query = ''] = request.target.split('?')
    const correlationId = newCorrelationId(clock.now())
    const effect = faults.strike(request.method, path, random)
    const at = new Date(clock.now()).toISOString()
    const { method, body } = request
    const fault = effect?.kind ?? null
    const entry: JournalEntry = { at, method, path, query, body, correlationId, status: null, fault, answer: '' }
    journal.add(entry)

    await sleep(settings.latencyMs + random.next() * settings.latencySpreadMs)
    if (effect?.kind === 'delay') await sleep(effect.ms)
    if (effect?.kind === 'cut' || effect?.kind === 'hang') return effect.kind

    const answer =
      refusedBefore(effect, correlationId) ??
      this.#conflict(effect, request, correlationId) ??
      this.#handle(request, path, correlationId)
    if (effect?.kind === 'commit-then-cut') return 'cut'
    if (effect?.kind === 'commit-then-hang') return 'hang'
    return this.#written(entry, changedAfter(effect, answer, correlationId), request, effect)
  }

  #handle(request: ApiRequest, path: string, correlationId: string): Answer {
    const { portal, quota } = this.#emulator
    try {
      const token = bearerOf(request.headers)
      if (token === null) throw credentialsNotFound()
      const tooMany = quota.take(token, isSearch(path))
      if (tooMany) throw tooMany
      const match = this.#routes.find(request.method, path)
      if (match === null) throw resourceNotFound()
      if (match === 'method') throw methodNotAllowed()
      const { handler, version } = match.value
      const query = new URLSearchParams(request.target.split('?')[1] ?? '')
      const { headers, target, body: rawBody } = request
      return handler({ portal, version, params: match.params, query, headers, target, rawBody, correlationId })
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal
      return this.#refused(refusal, correlationId)
    }
  }

  #refused(refusal: Refusal, correlationId: string): Answer {
    const { settings } = this.#emulator
    if (refusal instanceof DuplicateContact) {
      const { existingId, email } = refusal
      return conflictAnswer(settings.conflictForm, { existingId, email, portalId: settings.portalId, correlationId })
    }
    return { status: refusal.status, body: refusalBody(refusal, correlationId) }
  }

  /** A conflict that was ordered: it names who has the sent address, or an id that no record has. */
  #conflict(effect: FaultEffect | null, request: ApiRequest, correlationId: string): Answer | null {
    if (effect?.kind !== 'conflict') return null
    if (typeof effect.form !== 'string') return { status: 409, body: effect.form }
    const { portal, settings } = this.#emulator
    const email = /"email"\s*:\s*"([^"]+)"/.exec(request.body)?.[1]?.toLowerCase() ?? ''
    const existingId = portal.records.byKey('contacts', { property: 'email', value: email })?.id ?? '99999999999'
    return conflictAnswer(effect.form as ConflictForm, {
      existingId,
      email,
      portalId: settings.portalId,
      correlationId,
    })
  }

  #written(entry: JournalEntry, answer: Answer, request: ApiRequest, effect: FaultEffect | null): Reply {
    const whole = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body))
    const text = effect?.kind === 'truncated-json' ? whole.slice(0, Math.floor(whole.length / 2)) : whole
    const token = bearerOf(request.headers) ?? ''
    const contentType = answer.contentType === undefined ? (whole === '' ? null : JSON_TYPE) : answer.contentType
    this.#emulator.journal.answered(entry, answer.status, text)
    return {
      status: answer.status,
      text,
      headers: {
        ...(contentType === null ? {} : { 'content-type': contentType }),
        ...this.#emulator.quota.headers(token, isSearch(entry.path)),
        'x-hubspot-correlation-id': entry.correlationId,
        ...answer.headers,
      },
    }
  }
}

/** The answer of trouble that strikes before anything is written. */
function refusedBefore(effect: FaultEffect | null, correlationId: string): Answer | null {
  if (effect?.kind === 'html') return edgePage(effect.status)
  if (effect?.kind === 'body') return { status: effect.status, text: effect.body, contentType: effect.contentType }
  if (effect?.kind !== 'status') return null
  const { status, body, policy, retryAfterSeconds } = effect
  const answer = body === undefined ? answerForStatus(status, correlationId, policy) : { status, body }
  return retryAfterSeconds === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfterSeconds) } }
}

/** What trouble makes of an answer whose work is done. */
function changedAfter(effect: FaultEffect | null, answer: Answer, correlationId: string): Answer {
  if (effect?.kind === 'commit-then-status') return answerForStatus(effect.status, correlationId)
  if (effect?.kind === 'no-content-type') return { ...answer, contentType: null }
  if (effect?.kind !== 'empty-batch') return answer
  const now = new Date().toISOString()
  return { status: 200, body: { status: 'COMPLETE', results: [], startedAt: now, completedAt: now } }
}

function isSearch(path: string): boolean {
  return path.endsWith('/search')
}

function bearerOf({ authorization }: IncomingHttpHeaders): string | null {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}
