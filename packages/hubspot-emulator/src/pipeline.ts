// Handles one API request: journal, fault, latency, token, limits, route, response.

import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { HTML_TYPE, JSON_TYPE, type ApiResponse } from './api-response.ts'
import { correlationId as newCorrelationId } from './correlation-id.ts'
import type { Emulator } from './emulator.ts'
import { bodyTooLarge, methodNotAllowed, resourceNotFound, uriTooLong } from './errors.ts'
import { alteredResponse, responseInstead } from './fault-responses.ts'
import type { FaultEffect } from './fault-schema.ts'
import type { JournalEntry } from './journal.ts'
import type { CallKind, Caller } from './quota.ts'
import { ApiError } from './api-error.ts'
import { responseToError } from './error-response.ts'
import type { Router } from './router.ts'
import { scopesOf, type Route } from './routes/table.ts'

export interface ApiRequest {
  method: string
  /** Path and query, as sent. */
  target: string
  headers: IncomingHttpHeaders
  /** `null` when the body exceeds the limit. */
  body: string | null
}

/** The result on the socket. `cut` closes the connection, `reset` resets it, `hang` leaves it open and sends nothing. */
export type WireResponse = { status: number; headers: Record<string, string>; text: string } | 'cut' | 'reset' | 'hang'

interface Handled {
  response: ApiResponse
  /** `null` for calls that HubSpot does not count. */
  caller: Caller | null
}

// Stays below Node's own limit for all headers together, so that the emulator can answer 414.
const MAX_TARGET_CHARACTERS = 8000

export class Pipeline {
  readonly #emulator: Emulator
  readonly #routes: Router<Route>
  readonly #stopped = new AbortController()

  constructor(emulator: Emulator, routes: Router<Route>) {
    this.#emulator = emulator
    this.#routes = routes
  }

  /** Cancels the requests that wait for their latency or delay. They write nothing. */
  stop(): void {
    this.#stopped.abort()
  }

  async handle(request: ApiRequest): Promise<WireResponse> {
    const { clock, faults, journal, random } = this.#emulator
    const { method, body } = request
    const [path, query] = split(request.target)
    const now = clock.now()
    const correlationId = newCorrelationId(now)
    const effect = faults.match(method, path, random)
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
    // Without a pause, the whole request is handled in one turn of the event loop.
    if (pauseMs > 0 && !(await this.#pause(pauseMs))) return 'cut'
    if (effect?.kind === 'cut' || effect?.kind === 'reset' || effect?.kind === 'hang') return effect.kind

    const { response, caller } = this.#call(request, path, query, effect, correlationId)
    if (latencyMs > 0 && !(await this.#pause(latencyMs / 2))) return 'cut'
    if (effect?.kind === 'commit-then-cut') return 'cut'
    if (effect?.kind === 'commit-then-hang') return 'hang'
    return this.#serialize(entry, alteredResponse(effect, response, correlationId), caller)
  }

  #drawLatency(): number {
    const { settings, random } = this.#emulator
    return settings.latencyMs + (settings.latencySpreadMs > 0 ? random.next() * settings.latencySpreadMs : 0)
  }

  async #pause(ms: number): Promise<boolean> {
    return await sleep(ms, true, { signal: this.#stopped.signal }).catch(() => false)
  }

  #call(request: ApiRequest, path: string, query: string, effect: FaultEffect | null, correlationId: string): Handled {
    const emulator = this.#emulator
    const instead = responseInstead(effect, request.body ?? '', emulator, correlationId)
    if (instead !== null) {
      // The edge in front of HubSpot sent this page, so the request never reached HubSpot's limits.
      return { response: instead, caller: instead.contentType === HTML_TYPE ? null : this.#count(request, path) }
    }
    emulator.settle()
    const handled = this.#route(request, path, query, correlationId)
    try {
      emulator.flush()
      return handled
    } catch (error) {
      // Only stored changes may be acknowledged. The flush has undone the others.
      const { settings } = emulator
      return { ...handled, response: responseToError(error, { settings, correlationId, headers: request.headers }) }
    }
  }

  #route(request: ApiRequest, path: string, query: string, correlationId: string): Handled {
    const emulator = this.#emulator
    let caller: Caller | null = null
    try {
      if (request.target.length > MAX_TARGET_CHARACTERS) throw uriTooLong()
      const match = this.#routes.find(request.method, path)
      const isOpen = match !== null && match !== 'method' && match.value.need === 'open'
      if (!isOpen) {
        caller = emulator.access.callerOf(request.headers)
        emulator.quota.count(caller, kindOf(path))
      }
      if (match === null) throw resourceNotFound()
      if (match === 'method') throw methodNotAllowed()
      if (request.body === null) throw bodyTooLarge()
      const { handler, version } = match.value
      emulator.access.requireScopes(scopesOf(match.value, match.params))
      const { portal, searchIndex, access } = emulator
      const response = handler({
        portal,
        searchIndex,
        access,
        version,
        params: match.params,
        query: new URLSearchParams(query),
        target: request.target,
        rawBody: request.body,
      })
      return { response, caller }
    } catch (error) {
      const response = responseToError(error, { settings: emulator.settings, correlationId, headers: request.headers })
      return { response, caller }
    }
  }

  /**
   * Counts a call whose response a fault decides, since errors count too and carry the limit headers.
   * Returns `null` without a valid token.
   */
  #count({ headers }: ApiRequest, path: string): Caller | null {
    const { access, quota } = this.#emulator
    try {
      const caller = access.callerOf(headers)
      quota.count(caller, kindOf(path))
      return caller
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return null
    }
  }

  #serialize(entry: JournalEntry, response: ApiResponse, caller: Caller | null): WireResponse {
    const text = response.text ?? (response.body === undefined ? '' : JSON.stringify(response.body))
    const usualType = response.body === undefined ? null : JSON_TYPE
    const contentType = response.contentType === undefined ? usualType : response.contentType
    this.#emulator.journal.addResponse(entry, response.status, text)
    this.#emulator.meter.addRequest(entry.method, this.#routeOf(entry), response.status, entry.fault)
    return {
      status: response.status,
      text,
      headers: {
        ...(contentType === null ? {} : { 'content-type': contentType }),
        ...(caller === null ? {} : this.#emulator.quota.headers(caller, kindOf(entry.path))),
        'x-hubspot-correlation-id': entry.correlationId,
        ...response.headers,
      },
    }
  }

  /** The path with placeholders for ids, so that requests of one route count together; the path itself when no route has it. */
  #routeOf({ method, path }: JournalEntry): string {
    const match = this.#routes.find(method, path)
    if (match === null || match === 'method') return path
    return match.value.path.replace(OBJECT_TYPES, (placeholder, name: string) => match.params[name] ?? placeholder)
  }
}

const OBJECT_TYPES = /\{(type|toType|from|to)\}/g

function split(target: string): [path: string, query: string] {
  const at = target.indexOf('?')
  return at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)]
}

function kindOf(path: string): CallKind {
  if (path.endsWith('/search')) return 'search'
  return path.includes('/associations/') ? 'association' : 'other'
}
