// The values of a customer, for the console alone. They are personal data, so no status and no list has them (G11).

import type { Values } from '../../domain/fields.ts'
import type { Customer } from './customer.ts'
import { fieldsOf } from './state.ts'

/** The newest value of each field that onramp knows; `null` for a cleared one. An erased customer has none. */
export function valuesOf({ state }: Pick<Customer, 'state'>): Values {
  return Object.fromEntries(Object.entries(fieldsOf(state)).map(([field, { value }]) => [field, value]))
}
