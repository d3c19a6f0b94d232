// The values of a customer, for the console alone. They are personal data, so no status and no list has them (G11).

import type { Field } from '../../domain/fields.ts'
import type { Customer } from './customer.ts'
import { fieldsOf } from './state.ts'

/** The newest value of each field that onramp knows; `null` for a cleared one. An erased customer has none. */
export type CustomerValues = { [field in Field]?: string | null }

export function valuesOf({ state }: Customer): CustomerValues {
  return Object.fromEntries(Object.entries(fieldsOf(state)).map(([field, { value }]) => [field, value]))
}
