// Contacts of people who are nobody's customers. No call of onramp may change them.

import type { EmulatorControl } from 'hubspot-emulator/control'

export const STRANGERS = 20

/** Creates the strangers' contacts, as HubSpot users do. @param name part of their addresses */
export async function createStrangers(portal: EmulatorControl, name: string): Promise<string[]> {
  const contacts = Array.from({ length: STRANGERS }, (_, index) => ({
    properties: { email: `stranger-${index}-${name}@people.example`, firstname: 'Stranger' },
  }))
  await portal.seed({ contacts })
  return await strangersIn(portal)
}

/** Each stranger's contact with all its properties, as text. */
async function strangersIn(portal: EmulatorControl): Promise<string[]> {
  const { contacts } = await portal.records()
  return contacts
    .filter(({ properties }) => properties['firstname'] === 'Stranger')
    .map((contact) => JSON.stringify(contact))
}

/** How many strangers' contacts are no longer what they were. */
export async function changedStrangers(portal: EmulatorControl, before: string[]): Promise<number> {
  const after = new Set(await strangersIn(portal))
  return before.filter((record) => !after.has(record)).length
}
