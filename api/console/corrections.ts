// The correction form as it arrives: what was typed, and the correction in the shape of an event.

import type { z } from 'zod'
import { Correction } from '../../domain/events.ts'
import { FIELD_NAMES } from '../../domain/fields.ts'
import type { Field } from '../../domain/fields.ts'
import { fieldErrors } from '../problems/field-errors.ts'
import type { FieldError } from '../problems/problems.ts'

/** What an operator has typed, to show it again beside the errors. */
export interface Attempt {
  typed: { [field in Field]?: string }
  errors: FieldError[]
}

type FormBody = { [name: string]: unknown }

/** An empty input leaves its field as it is; a checked `clear.<field>` clears it. */
export function readCorrection(body: FormBody): { correction: z.output<typeof Correction> } | { attempt: Attempt } {
  const typed: Attempt['typed'] = {}
  const details: { [name: string]: unknown } = {}
  for (const field of FIELD_NAMES) {
    const text = body[`field.${field}`]
    if (typeof text === 'string' && text.trim() !== '') typed[field] = text
    const value = body[`clear.${field}`] === 'yes' ? null : typed[field]
    if (value !== undefined) setAt(details, field.split('.'), value)
  }
  const parsed = Correction.safeParse(details)
  return parsed.success ? { correction: parsed.data } : { attempt: { typed, errors: fieldErrors(parsed.error) } }
}

function setAt(details: { [name: string]: unknown }, [name = '', ...rest]: string[], value: string | null): void {
  if (rest.length === 0) details[name] = value
  else setAt((details[name] ??= {}) as { [name: string]: unknown }, rest, value)
}
