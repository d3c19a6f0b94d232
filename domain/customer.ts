// What a product may tell onramp about a customer: the webhook events as schemas, and the types drawn from them.

import { z } from 'zod'
import { CUSTOMER_ID_PATTERN } from './ids.ts'

const DAY_MS = 24 * 60 * 60 * 1000

// HubSpot takes longer texts; these bounds keep an onboarding's state under 64 KiB whatever a sender does (G8).
const TEXT_LIMIT = 256
const URL_LIMIT = 1024
const EMAIL_LIMIT = 254
const DOMAIN_LIMIT = 253

const printable = (limit: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty; send null to clear it')
    .max(limit, `must be at most ${limit} characters`)
    .regex(/^\P{Cc}*$/u, 'must not hold control characters')
    .refine((value) => value.isWellFormed(), 'must not hold half of a surrogate pair')

const text = printable(TEXT_LIMIT)
const url = printable(URL_LIMIT)
const email = printable(EMAIL_LIMIT).toLowerCase().pipe(z.email('must be an e-mail address'))
const domain = printable(DOMAIN_LIMIT).toLowerCase()

const address = z.object({
  street: text.nullable().optional(),
  city: text.nullable().optional(),
  state: text.nullable().optional(),
  postalCode: text.nullable().optional(),
  country: text.nullable().optional(),
})

const company = z.object({
  id: text.optional(),
  name: text.nullable().optional(),
  domain: domain.nullable().optional(),
  website: url.nullable().optional(),
  phone: text.nullable().optional(),
})

const customerId = z
  .string()
  .regex(
    CUSTOMER_ID_PATTERN,
    'must be 1 to 128 of A-Z a-z 0-9 . _ : - (an e-mail address is not an id: operators can read ids)',
  )

const timestamp = z.iso
  .datetime({
    offset: true,
    message: 'must be an ISO 8601 date and time with a zone, such as 2026-11-24T09:00:00.000Z',
  })
  .refine((value) => Date.parse(value) <= Date.now() + DAY_MS, 'must not be more than a day ahead')

const details = {
  email: email.optional(),
  firstName: text.nullable().optional(),
  lastName: text.nullable().optional(),
  phone: text.nullable().optional(),
  website: url.nullable().optional(),
  // All of it may be cleared at once.
  address: address.nullable().optional(),
  company: company.optional(),
}

const registered = z.object({
  customerId,
  ...details,
  email,
  company: company.refine((value) => value.name || value.domain, 'needs a name or a domain'),
})

const updated = z
  .object({ customerId, ...details })
  .refine(
    (data) =>
      Object.entries(data).some(([name, value]) => name !== 'customerId' && value !== undefined && !isEmpty(value)),
    'needs at least one field to change',
  )

/**
 * One webhook event. Unknown fields are dropped; texts come out trimmed, e-mail address and domain in lower case.
 * Absent means unchanged, `null` means cleared.
 */
export const CustomerEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('customer.registered'), timestamp, data: registered }),
  z.object({ type: z.literal('customer.updated'), timestamp, data: updated }),
])
export type CustomerEvent = z.output<typeof CustomerEvent>

/** The fields of an event as it came that onramp knows nothing of, as paths such as `data.company.logo`; `known` is the parsed event. */
export function ignoredFields(received: unknown, known: unknown, path = ''): string[] {
  if (!isObject(received) || !isObject(known)) return []
  return Object.entries(received).flatMap(([name, value]) =>
    Object.hasOwn(known, name) ? ignoredFields(value, known[name], `${path}${name}.`) : [path + name],
  )
}

/** What an event says about a customer, in the product's own shape. */
export type CustomerDetails = Omit<z.output<typeof updated>, 'customerId'>

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((inner) => inner === undefined)
}
