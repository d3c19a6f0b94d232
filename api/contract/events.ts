// The product's events as components of the OpenAPI document, so that a generator of code makes a type of each.

import { CustomerEvent } from '../../domain/events.ts'
import { jsonSchemaOf } from './requests.ts'

const refTo = (name: string) => `#/components/schemas/${name}`

/** A schema that points to the component `CustomerEvent`. */
export const CUSTOMER_EVENT = { $ref: refTo('CustomerEvent') }

/** Each type of event, such as `CustomerRegistered`, and `CustomerEvent` for any of them. */
export function eventComponents(): { [name: string]: object } {
  const types = CustomerEvent.options.map((schema) => {
    const type = schema.shape.type.value
    return { type, name: componentName(type), schema: jsonSchemaOf(schema) }
  })
  return {
    ...Object.fromEntries(types.map(({ name, schema }) => [name, schema])),
    CustomerEvent: {
      description:
        'One event about a customer. Unknown fields are ignored. Absent means unchanged, `null` means cleared.',
      oneOf: types.map(({ name }) => ({ $ref: refTo(name) })),
      discriminator: {
        propertyName: 'type',
        mapping: Object.fromEntries(types.map(({ type, name }) => [type, refTo(name)])),
      },
    },
  }
}

/** `customer.registered` is `CustomerRegistered`. */
function componentName(type: string): string {
  return type.replaceAll(/(?:^|\.)(.)/g, (_, letter: string) => letter.toUpperCase())
}
