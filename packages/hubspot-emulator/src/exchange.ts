// One API request from its bytes to the answer's: journal, trouble, token, limits, handler.

import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { HTML_TYPE, JSON_TYPE, type Answer } from './answer.ts'
import { correlationId as newCorrelationId } from './correlation-id.ts'
import type { Emulator } from './emulator.ts'
import { addressTooLong, bodyTooLarge, methodNotAllowed, resourceNotFound } from './errors.ts'
import { answerInstead, changedAfter } from './fault-answers.ts'
import type { FaultEffect } from './fault.ts'
import type { JournalEntry } from './journal.ts'
import type { CallKind, Caller } from './quota.ts'
import { Refusal } from './refusal.ts'
import { answerToRefusal } from './refused.ts'
import type { Router } from './router.ts'
import { scopesOf, type Route } from './routes/table.ts'

export interface ApiRequest {
  method: string
  /** Path and query as they were sent. */
  target: string
  headers: IncomingHttpHeaders
  /** Null when it is larger than anything HubSpot would read. */
  body: string | null
}

/** What goes back over the socket; `cut` and `reset` break the connection, `hang` leaves it open without a word. */
export type Reply = { status: number; headers: Record<string, string>; text: string } | 'cut' | 'reset' | 'hang'

/** What became of a request that has been handled. */
interface Handled {
  answer: Answer
  caller: Caller | null
}

// Node's own limit for all headers together is what comes next.
const LONGEST_TARGET = 8000

export class Exchange {
  readonly #emulator: Emulator
  readonly #routes: Router<Route>
  readonly #ended = new AbortController()

  constructor(emulator: Emulator, routes: Router<Route>) {
    this.#emulator = emulator
    this.#routes = routes
  }

  /** Lets go of the requests that wait; what they asked for does not happen any more. */
  end(): void {
    this.#ended.abort()
  }

  async reply(request: ApiRequest): Promise<Reply> {
    const { clock, faults, journal, random } = this.#emulator
    const { method, body } = request
    const [path, query] = split(request.target)
    const now = clock.now()
    const correlationId = newCorrelationId(now)
    const effect = faults.strike(method, path, random)
    const entry: JournalEntry = {
      at: new Date(now).toISOString(),
      method,
      path,
      query,
      body: body ?? '',
      status: null,
      correlationId,
      fault: effect?.kind ?? null,
      answer: '',
    }
    journal.add(entry)

    const latencyMs = this.#drawLatency()
    const pauseMs = latencyMs / 2 + (effect?.kind === 'delay' ? effect.ms : 0)
    // Without any, the whole request is handled within one turn.
    if (pauseMs > 0 && !(await this.#pause(pauseMs))) return 'cut'
    if (effect?.kind === 'cut' || effect?.kind === 'reset' || effect?.kind === 'hang') return effect.kind

    const { answer, caller } = this.#handled(request, path, query, effect, correlationId)
    if (latencyMs > 0 && !(await this.#pause(latencyMs / 2))) return 'cut'
    if (effect?.kind === 'commit-then-cut') return 'cut'
    if (effect?.kind === 'commit-then-hang') return 'hang'
    return this.#written(entry, changedAfter(effect, answer, correlationId), caller)
  }

  #drawLatency(): number {
    const { settings, random } = this.#emulator
    return settings.latencyMs + (settings.latencySpreadMs > 0 ? random.next() * settings.latencySpreadMs : 0)
  }

  async #pause(ms: number): Promise<boolean> {
    return await sleep(ms, true, { signal: this.#ended.signal }).catch(() => false)
  }

  #handled(
    request: ApiRequest,
    path: string,
    query: string,
    effect: FaultEffect | null,
    correlationId: string,
  ): Handled {
    const emulator = this.#emulator
    const instead = answerInstead(effect, request.body ?? '', emulator, correlationId)
    if (instead !== null) {
      // What the edge says by itself, HubSpot has not counted.
      return { answer: instead, caller: instead.contentType === HTML_TYPE ? null : this.#counted(request, path) }
    }
    let caller: Caller | null = null
    try {
      if (request.target.length > LONGEST_TARGET) throw addressTooLong()
      const match = this.#routes.find(request.method, path)
      const isOpen = match !== null && match !== 'method' && match.value.need === 'open'
      if (!isOpen) {
        caller = emulator.access.callerOf(request.headers)
        emulator.quota.take(caller, kindOf(path))
      }
      if (match === null) throw resourceNotFound()
      if (match === 'method') throw methodNotAllowed()
      if (request.body === null) throw bodyTooLarge()
      const { handler, version } = match.value
      emulator.access.refuseUnlessGranted(scopesOf(match.value, match.params))
      const { portal, searchIndex, access } = emulator
      const answer = handler({
        portal,
        searchIndex,
        access,
        version,
        params: match.params,
        query: new URLSearchParams(query),
        target: request.target,
        rawBody: request.body,
      })
      return { answer, caller }
    } catch (error) {
      const answer = answerToRefusal(error, { settings: emulator.settings, correlationId, headers: request.headers })
      return { answer, caller }
    } finally {
      emulator.settle()
    }
  }

  /** Who is calling, for the headers that every answer of HubSpot's has, refusals too. */
  #counted({ headers }: ApiRequest, path: string): Caller | null {
    const { access, quota } = this.#emulator
    try {
      const caller = access.callerOf(headers)
      quota.take(caller, kindOf(path))
      return caller
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return null
    }
  }

  #written(entry: JournalEntry, answer: Answer, caller: Caller | null): Reply {
    const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body))
    const usualType = answer.body === undefined ? null : JSON_TYPE
    const contentType = answer.contentType === undefined ? usualType : answer.contentType
    this.#emulator.journal.answered(entry, answer.status, text)
    return {
      status: answer.status,
      text,
      headers: {
        ...(contentType === null ? {} : { 'content-type': contentType }),
        ...(caller === null ? {} : this.#emulator.quota.headers(caller, kindOf(entry.path))),
        'x-hubspot-correlation-id': entry.correlationId,
        ...answer.headers,
      },
    }
  }
}

function split(target: string): [path: string, query: string] {
  const at = target.indexOf('?')
  return at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)]
}

function kindOf(path: string): CallKind {
  if (path.endsWith('/search')) return 'search'
  return path.includes('/associations/') ? 'association' : 'other'
}
