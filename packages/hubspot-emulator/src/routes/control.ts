// The emulator's own API, beside HubSpot's: order trouble, turn switches, put records there, look at everything.

import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { JSON_TYPE } from '../answer.ts'
import type { Emulator } from '../emulator.ts'
import type { Reply } from '../exchange.ts'
import { faultSchema } from '../fault.ts'
import { invariantsOf } from '../invariants.ts'
import { recordsOf } from '../records-view.ts'
import { Refusal } from '../refusal.ts'
import { plant, seedSchema } from '../seed.ts'

export interface ControlRequest {
  method: string
  /** Path and query as they were sent. */
  target: string
  headers: IncomingHttpHeaders
  body: string
}

/** Answers a request below `/__emulator/`. */
export function control(emulator: Emulator, request: ControlRequest): Reply {
  try {
    refuseOtherSites(request)
    const result = called(emulator, request)
    emulator.settle()
    return result === undefined ? { status: 204, headers: {}, text: '' } : json(200, result)
  } catch (error) {
    if (error instanceof Refusal) return json(error.status, { message: error.message })
    if (error instanceof SyntaxError) return json(400, { message: error.message })
    throw error
  }
}

/** `undefined` is an answer without a body. */
function called(emulator: Emulator, { method, target, body }: ControlRequest): unknown {
  const [path = '', query = ''] = target.slice('/__emulator/'.length).split('?')
  switch (`${method} ${path}`) {
    case 'POST reset':
      return emulator.reset()
    case 'POST seed':
      return plant(emulator.portal, parsed(seedSchema, body))
    case 'POST faults':
      return emulator.faults.add(parsed(faultSchema, body))
    case 'GET faults':
      return emulator.faults.list()
    case 'DELETE faults':
      return emulator.faults.clear()
    case 'GET settings':
      return emulator.settings
    case 'PATCH settings':
      emulator.change(parsed(z.record(z.string(), z.unknown()), body))
      return emulator.settings
    case 'POST clock':
      return emulator.clock.advance(parsed(z.strictObject({ advanceMs: z.number().min(0) }), body).advanceMs)
    case 'GET requests':
      return emulator.journal.entries(filterIn(new URLSearchParams(query)))
    case 'GET records':
      return recordsOf(emulator.portal)
    case 'GET invariants':
      return invariantsOf(emulator.portal)
    case 'GET revision':
      return emulator.revisions()
    default:
      throw new Refusal(404, { message: 'The emulator has no such call; its README.md lists them.' })
  }
}

/** A page of some other site, open in the same browser, has no business here; a browser says where a call comes from. */
function refuseOtherSites({ headers }: ControlRequest): void {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new Refusal(403, { message: 'This can only be called from the pages of the emulator, or without a browser.' })
  }
}

function filterIn(query: URLSearchParams): { method?: string; path?: string } {
  const [method, path] = [query.get('method'), query.get('path')]
  return { ...(method === null ? {} : { method }), ...(path === null ? {} : { path }) }
}

const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-store' },
  text: JSON.stringify(body),
})

function parsed<T>(schema: z.ZodType<T>, body: string): T {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw new Refusal(400, { message: 'The body is not JSON.' })
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new Refusal(400, { message: z.prettifyError(result.error) })
}
