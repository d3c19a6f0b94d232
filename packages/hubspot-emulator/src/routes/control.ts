// The control API: inject faults, change settings, create records, and read everything that the portal holds.

import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { ApiError } from '../api-error.ts'
import { JSON_TYPE } from '../api-response.ts'
import type { Emulator } from '../emulator.ts'
import { faultSchema } from '../fault-schema.ts'
import { invariantsOf } from '../invariants.ts'
import { StorageFailed } from '../persistence.ts'
import type { WireResponse } from '../pipeline.ts'
import { recordsOf } from '../records-view.ts'
import { seedPortal, seedSchema } from '../seed.ts'

export interface ControlRequest {
  method: string
  /** Path and query, as sent. */
  target: string
  headers: IncomingHttpHeaders
  body: string
}

/** Handles a request to a path below `/__emulator/`. */
export function control(emulator: Emulator, request: ControlRequest): WireResponse {
  try {
    rejectOtherSites(request)
    const result = call(emulator, request)
    emulator.flush()
    return result === undefined ? { status: 204, headers: {}, text: '' } : json(200, result)
  } catch (error) {
    if (error instanceof ApiError) return json(error.status, { message: error.message })
    if (error instanceof StorageFailed) return json(503, { message: error.message })
    if (error instanceof SyntaxError) return json(400, { message: error.message })
    throw error
  }
}

/** Returns the JSON of the response; `undefined` for a response without a body. */
function call(emulator: Emulator, { method, target, body }: ControlRequest): unknown {
  const [path = '', query = ''] = target.slice('/__emulator/'.length).split('?')
  switch (`${method} ${path}`) {
    case 'POST reset':
      return emulator.reset()
    case 'POST seed':
      return seedPortal(emulator.portal, parsed(seedSchema, body))
    case 'POST faults':
      return emulator.faults.add(parsed(faultSchema, body))
    case 'GET faults':
      return emulator.faults.list()
    case 'DELETE faults':
      return emulator.faults.clear()
    case 'GET settings':
      return emulator.settings
    case 'PATCH settings':
      emulator.changeSettings(parsed(z.record(z.string(), z.unknown()), body))
      return emulator.settings
    case 'POST clock':
      emulator.clock.advance(parsed(z.strictObject({ advanceMs: z.number().min(0) }), body).advanceMs)
      return emulator.settle()
    case 'GET requests':
      return emulator.journal.entries(filterIn(new URLSearchParams(query)))
    case 'GET records':
      return recordsOf(emulator.portal)
    case 'GET invariants':
      return invariantsOf(emulator.portal)
    case 'GET measurements':
      return emulator.meter.measurements()
    case 'GET association-times':
      return emulator.meter.associationTimes()
    case 'GET revision':
      return emulator.revisions()
    default:
      throw new ApiError(404, { message: 'The emulator has no such call. Its README.md lists all calls.' })
  }
}

/** Rejects calls from pages of other sites in the same browser. The browser sends the origin of each call. */
function rejectOtherSites({ headers }: ControlRequest): void {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new ApiError(403, {
      message: 'A page of another site cannot call this. Call it from a page of the emulator, or without a browser.',
    })
  }
}

function filterIn(query: URLSearchParams): { method?: string; path?: string } {
  const [method, path] = [query.get('method'), query.get('path')]
  return { ...(method === null ? {} : { method }), ...(path === null ? {} : { path }) }
}

const json = (status: number, body: unknown): WireResponse => ({
  status,
  headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-store' },
  text: JSON.stringify(body),
})

function parsed<T>(schema: z.ZodType<T>, body: string): T {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw new ApiError(400, { message: 'The body is not JSON.' })
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new ApiError(400, { message: z.prettifyError(result.error) })
}
