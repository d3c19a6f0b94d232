// What a product may tell onramp about a customer: the webhook events as schemas, and the types drawn from them.

import { z } from 'zod'
import type { Field } from './crm.ts'
import { CUSTOMER_ID_PATTERN } from './ids.ts'
import { ID_LIMIT, isPlainText, limitOf } from './limits.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const NO_ADDRESS = 'must be an e-mail address'

// The bounds hold for what is kept: some letters are longer in lower case.
const text = (limit: number, form: 'as it is' | 'in lower case' = 'as it is') =>
  (form === 'in lower case' ? z.string().trim().toLowerCase() : z.string().trim())
    .min(1, 'must not be empty; send null to clear it')
    .max(limit, `must be at most ${limit} characters`)
    .refine(isPlainText, 'must not hold control characters or half a surrogate pair')
const clearable = (field: Field) => text(limitOf(field)).nullable().optional()

// What a form of a web page takes, since that is where most addresses come from; zod's own rule knows no `o&m@…` and no
// internationalised top-level domain. Beyond that a domain has a dot, and dots stand between something.
const email = text(limitOf('email'), 'in lower case').pipe(
  z
    .email({ pattern: z.regexes.html5Email, error: NO_ADDRESS, abort: true })
    .regex(/^[^.@]+(\.[^.@]+)*@[^.@]+(\.[^.@]+)+$/, NO_ADDRESS),
)

const address = z.object({
  street: clearable('address.street'),
  city: clearable('address.city'),
  state: clearable('address.state'),
  postalCode: clearable('address.postalCode'),
  country: clearable('address.country'),
})

const company = z.object({
  id: text(ID_LIMIT).optional(),
  name: clearable('company.name'),
  domain: text(limitOf('company.domain'), 'in lower case').nullable().optional(),
  website: clearable('company.website'),
  phone: clearable('company.phone'),
})

const customerId = z
  .string()
  .regex(
    CUSTOMER_ID_PATTERN,
    'must be 1 to 128 of A-Z a-z 0-9 . _ : -, not . or .. alone (an e-mail address is not an id: operators can read ids)',
  )

const timestamp = z.iso
  .datetime({
    offset: true,
    message: 'must be a date and time with seconds and a zone (RFC 3339), such as 2026-11-24T09:00:00.000Z',
  })
  // The onboarding counts from there on.
  .refine((value) => Date.parse(value) >= 0, 'must not be before 1970')
  .refine((value) => Date.parse(value) <= Date.now() + DAY_MS, 'must not be more than a day ahead')

const details = {
  email: email.optional(),
  firstName: clearable('firstName'),
  lastName: clearable('lastName'),
  phone: clearable('phone'),
  website: clearable('website'),
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
  z.object({ type: z.literal('customer.erased'), timestamp, data: z.object({ customerId }) }),
])
export type CustomerEvent = z.output<typeof CustomerEvent>

/** What an operator corrects: an update without its customer, with at least one field. */
export const Correction = z
  .object(details)
  .refine(
    (data) => Object.values(data).some((value) => value !== undefined && !isEmpty(value)),
    'needs at least one field to change',
  )

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
