// The emulator's own API, beside HubSpot's: order trouble, turn switches, look at everything.

import { z } from 'zod'
import type { Emulator } from '../emulator.ts'
import { faultSchema } from '../fault.ts'
import { invariantsOf } from '../invariants.ts'
import type { CrmRecord } from '../portal/record.ts'
import type { ObjectType } from '../portal/object-types.ts'
import { Refusal } from '../refusal.ts'

/** A record with all its properties. */
export interface RecordView {
  id: string
  properties: Record<string, string>
  archived: boolean
}

export interface Records {
  contacts: RecordView[]
  companies: RecordView[]
  associations: { contactId: string; companyId: string; typeIds: number[] }[]
}

/** Answers a request below `/__emulator/`; `undefined` is an answer without a body. */
export function control(emulator: Emulator, method: string, url: URL, body: string): unknown {
  switch (`${method} ${url.pathname.slice('/__emulator/'.length)}`) {
    case 'POST reset':
      return emulator.reset()
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
      return emulator.clock.advance(parsed(z.object({ advanceMs: z.number().min(0) }), body).advanceMs)
    case 'GET requests': {
      const [wanted, path] = [url.searchParams.get('method'), url.searchParams.get('path')]
      return emulator.journal.entries({ ...(wanted !== null && { method: wanted }), ...(path !== null && { path }) })
    }
    case 'GET records':
      return recordsOf(emulator)
    case 'GET invariants':
      return invariantsOf(emulator.portal)
    default:
      throw new Refusal(404, { message: 'The emulator has no such call; docs/emulator.md lists them.' })
  }
}

function recordsOf({ portal }: Emulator): Records {
  const all = (type: ObjectType) => [...portal.records.all(type)].map(view)
  const contacts = all('contacts')
  const associations = contacts.flatMap(({ id: contactId }) =>
    [...portal.associations.everyTieFrom(contactId)]
      .filter(({ toId }) => portal.records.find('companies', toId) !== undefined)
      .map(({ toId, typeIds }) => ({ contactId, companyId: toId, typeIds })),
  )
  return { contacts, companies: all('companies'), associations }
}

function view({ id, values, archivedAt }: CrmRecord): RecordView {
  return { id, properties: Object.fromEntries(values), archived: archivedAt !== null }
}

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
