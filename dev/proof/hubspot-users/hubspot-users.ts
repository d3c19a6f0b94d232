// The actions of HubSpot users, as calls to the emulator. Each returns what it did; `null` when there was no record to act on.

import type { EmulatorControl, RecordView } from 'hubspot-emulator/control'
import type { StoryField, WithoutRound } from './happened.ts'

export interface Portal {
  portal: EmulatorControl
  hubspotUrl: string
}

type ObjectType = 'contacts' | 'companies'
type Done = Promise<WithoutRound | null>

const PRIMARY_COMPANY = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }]

/** They find a contact by its customer, and a company by its name, which is the organization's id. */
export class HubSpotUsers {
  readonly #portal: EmulatorControl
  readonly #url: string

  constructor({ portal, hubspotUrl }: Portal) {
    this.#portal = portal
    this.#url = hubspotUrl
  }

  async editContact(customerId: string, field: 'phone' | 'city', value: string): Done {
    return await this.#edit('contacts', customerId, field, value)
  }

  async editCompany(organizationId: string, value: string): Done {
    return await this.#edit('companies', organizationId, 'company.phone', value)
  }

  async deleteContact(customerId: string): Done {
    return await this.#delete('contacts', customerId)
  }

  async deleteCompany(organizationId: string): Done {
    return await this.#delete('companies', organizationId)
  }

  async mergeContact(customerId: string, intoId: string, portal: 'keeps the id' | 'gives a new id'): Done {
    const [gone, stays] = await Promise.all([this.#find('contacts', customerId), this.#find('contacts', intoId)])
    if (!gone || !stays || gone.id === stays.id) return null
    // The setting belongs to the whole portal. Stories at the same time may change it between these calls, which does no harm.
    await this.#portal.settings({ mergeKeepsPrimaryId: portal === 'keeps the id' })
    return await this.#merge(stays.id, gone.id, { owner: intoId, gone: customerId })
  }

  /** Merges the contact with one that HubSpot users typed in: `first` is the one whose values stay. */
  async mergeWithOwnContact(customerId: string, email: string, first: 'customer' | 'own contact'): Done {
    const contact = await this.#find('contacts', customerId)
    if (!contact) return null
    const properties = { email, phone: `users#${email}` }
    const own = await this.#call('POST', '/crm/v3/objects/contacts', { properties })
    if (!own?.id) return null
    const [stays, other] = first === 'customer' ? [contact.id, own.id] : [own.id, contact.id]
    return await this.#merge(stays, other, { owner: customerId, gone: null })
  }

  /** Associates the contact with another organization's company, and makes that its primary company. */
  async associate(customerId: string, organizationId: string): Done {
    const [contact, company] = await Promise.all([
      this.#find('contacts', customerId),
      this.#find('companies', organizationId),
    ])
    if (!contact || !company) return null
    const path = `/crm/v4/objects/contacts/${contact.id}/associations/companies/${company.id}`
    const answer = await this.#call('PUT', path, PRIMARY_COMPANY)
    return answer && { what: 'associated', contactId: contact.id, companyId: company.id }
  }

  async #edit(type: ObjectType, owner: string, field: StoryField, value: string): Done {
    const record = await this.#find(type, owner)
    if (!record) return null
    const property = field === 'company.phone' ? 'phone' : field
    const answer = await this.#call('PATCH', `/crm/v3/objects/${type}/${record.id}`, {
      properties: { [property]: value },
    })
    return answer && { what: 'edited', owner, field, value }
  }

  async #delete(type: ObjectType, owner: string): Done {
    const record = await this.#find(type, owner)
    if (!record) return null
    const answer = await this.#call('DELETE', `/crm/v3/objects/${type}/${record.id}`)
    return answer && { what: 'deleted', owner }
  }

  async #merge(stays: string, other: string, who: { owner: string; gone: string | null }): Done {
    const body = { primaryObjectId: stays, objectIdToMerge: other }
    const merged = await this.#call('POST', '/crm/v3/objects/contacts/merge', body)
    if (!merged?.id) return null
    return {
      what: 'merged',
      ...who,
      properties: merged.properties ?? {},
      contactIds: [stays, other],
      survivorId: merged.id,
    }
  }

  async #find(type: ObjectType, owner: string): Promise<RecordView | undefined> {
    const property = type === 'contacts' ? 'onramp_customer_id' : 'name'
    const records = await this.#portal.records()
    return records[type].find(({ archived, properties }) => !archived && properties[property] === owner)
  }

  /** `null` when onramp has erased the record in this moment. */
  async #call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ id?: string; properties?: Record<string, string> } | null> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { authorization: 'Bearer hubspot-user', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status === 404) return null
    if (!response.ok) throw new Error(`The emulator answered ${response.status} to a HubSpot user: ${text}`)
    return text === '' ? {} : (JSON.parse(text) as { id?: string; properties?: Record<string, string> })
  }
}
