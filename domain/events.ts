// The events that a product sends about a customer, as schemas, and the types drawn from them.

import { z } from 'zod'
import { FIELD_NAMES, FIELDS, hasNameOrDomain } from './fields.ts'
import type { Field, FieldGroup } from './fields.ts'
import { CUSTOMER_ID_PATTERN } from './ids.ts'
import { CLOCK_DIFFERENCE_MS, ID_LIMIT, isPlainId, isPlainText } from './limits.ts'

const NO_ADDRESS = 'must be an e-mail address'

// The limits apply after conversion to lower case, since some letters are longer then.
const bounded = (text: z.ZodString, limit: number) =>
  text
    .min(1, 'must not be empty; send null to clear it')
    .max(limit, `must be at most ${limit} characters`)
    .refine(isPlainText, { error: 'must not hold control characters or half a surrogate pair', abort: true })
const opaque = (limit: number) => bounded(z.string().trim(), limit)
const lowerCase = (limit: number) => bounded(z.string().trim().toLowerCase(), limit)

/**
 * An e-mail address, in lower case. The rule is that of e-mail fields in web forms, where most addresses come from; zod's own rule
 * rejects `o&m@…` and internationalised top-level domains. In addition, a domain must have a dot, with a character on both sides of
 * each dot.
 */
export const EmailAddress = lowerCase(FIELDS.email.limit).pipe(
  z
    .email({ pattern: z.regexes.html5Email, error: NO_ADDRESS, abort: true })
    .regex(/^[^.@]+(\.[^.@]+)*@[^.@]+(\.[^.@]+)+$/, NO_ADDRESS),
)

const clearable = (field: Field) => {
  const { format, limit } = FIELDS[field]
  return (format === 'text' ? opaque(limit) : lowerCase(limit)).nullable().optional()
}

/** The names of the fields in a group, or of the fields without a group. */
type NameIn<Group extends FieldGroup | null> = Field extends infer Path
  ? Path extends `${infer Prefix}.${infer Name}`
    ? Prefix extends Group
      ? Name
      : never
    : Group extends null
      ? Path
      : never
  : never

/** The schema of each field in a group, by its name there. */
function fieldsIn<Group extends FieldGroup | null>(group: Group) {
  const fields = FIELD_NAMES.map((field) => ({ field, path: field.split('.') as [string, string?] }))
  const inGroup = fields.filter(({ path }) => (path.length === 1 ? null : path[0]) === group)
  return Object.fromEntries(inGroup.map(({ field, path }) => [path.at(-1), clearable(field)])) as {
    [name in NameIn<Group> & string]: ReturnType<typeof clearable>
  }
}

const customerId = z
  .string()
  .regex(
    CUSTOMER_ID_PATTERN,
    'must be the product’s own id of the customer: 1 to 128 of A-Z a-z 0-9 . _ : -, not . or .. alone. An e-mail address is no id, since operators can read ids',
  )

const timestamp = z.iso
  .datetime({
    offset: true,
    abort: true,
    error: 'must be a date and time with seconds and a zone (RFC 3339), such as 2026-11-24T09:00:00.000Z',
  })
  // Event times are milliseconds since 1970.
  .refine((value) => Date.parse(value) >= 0, 'must not be before 1970')
  // The newest time wins, so an event from the future would silence all others until then.
  .refine((value) => Date.parse(value) <= Date.now() + CLOCK_DIFFERENCE_MS, { error: tooFarAhead })

/** Names both times, since either clock may be wrong. */
function tooFarAhead({ input }: { input?: unknown }): string {
  const [event, clock] = [new Date(String(input)), new Date()].map((time) => time.toISOString())
  const minutes = CLOCK_DIFFERENCE_MS / 60_000
  return `must be at most ${minutes} minutes ahead of onramp’s clock: it is ${event}, and the clock says ${clock}`
}

const company = z.object({
  id: opaque(ID_LIMIT)
    .refine(isPlainId, 'must not hold invisible characters, since two ids could look the same')
    .optional(),
  ...fieldsIn('company'),
})
const groups = {
  // The whole address can be cleared at once.
  address: z.object(fieldsIn('address')).nullable().optional(),
  company: company.optional(),
} satisfies { [group in FieldGroup]: z.ZodType }

const details = { ...fieldsIn(null), email: EmailAddress.optional(), ...groups }

const registered = z.object({
  customerId,
  ...details,
  email: EmailAddress,
  company: company.refine(
    ({ name, domain }) => hasNameOrDomain({ 'company.name': name ?? null, 'company.domain': domain ?? null }),
    'needs a name or a domain',
  ),
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

/** A correction by an operator: an update without its customer, with at least one field. */
export const Correction = z
  .object(details)
  .refine(
    (data) => Object.values(data).some((value) => value !== undefined && !isEmpty(value)),
    'needs at least one field to change',
  )

/** The details of a customer in an event, in the product's own shape. */
export type CustomerDetails = Omit<z.output<typeof updated>, 'customerId'>

/** The received fields that no schema has, as paths such as `data.company.logo`; `parsed` is the parsed event. */
export function ignoredFields(received: unknown, parsed: unknown, path = ''): string[] {
  if (!isObject(received) || !isObject(parsed)) return []
  return Object.entries(received).flatMap(([name, value]) =>
    Object.hasOwn(parsed, name) ? ignoredFields(value, parsed[name], `${path}${name}.`) : [path + name],
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((inner) => inner === undefined)
}
