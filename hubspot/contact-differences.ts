// Compares a contact with the values of a change, after a write without a response.

import { entriesOf } from '../domain/fields.ts'
import type { ContactField, Values } from '../domain/fields.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { contactProperties } from './properties.ts'

/**
 * The values that are not on the contact. HubSpot stores e-mail addresses in lower case. When it stores another value in another
 * form than it was sent in, each read-back writes it again.
 */
export function differencesOf(contact: HubSpotRecord, values: Values<ContactField>): Values<ContactField> {
  const isOnContact = ([field, value]: [ContactField, string | null]) =>
    Object.entries(contactProperties({ [field]: value })).every(([property, sent]) => {
      const present = contact.properties[property] ?? ''
      return present === sent || (field === 'email' && present === sent.toLowerCase())
    })
  return Object.fromEntries(entriesOf(values).filter((entry) => !isOnContact(entry)))
}
