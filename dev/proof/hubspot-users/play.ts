// Plays the actions of a story: sends the product's events, and notes what happened.

import type { Happened, StoryCustomer, StoryField, WithoutRound } from './happened.ts'
import { HubSpotUsers } from './hubspot-users.ts'
import type { Portal } from './hubspot-users.ts'
import { CUSTOMERS, isOfProduct } from './story.ts'
import type { Action, NamedBy, ProductAction, UserAction } from './story.ts'

/** An event as the product sends it. */
interface ProductEvent {
  type: 'customer.registered' | 'customer.updated' | 'customer.erased'
  timestamp: string
  data: { customerId: string; [field: string]: unknown }
}

export interface Stage extends Portal {
  /** Part of every id and address. */
  name: string
  /** Sends an event with this id; resolves when it is accepted. */
  send: (event: ProductEvent, id: string) => Promise<void>
}

interface Member extends StoryCustomer {
  email: string
}

const START = Date.UTC(2026, 0, 1)

/** One story. The product's clock goes on by a millisecond with each event, and no two values are the same. */
export class Play {
  readonly happened: Happened[] = []
  readonly customers: Member[]
  readonly #stage: Stage
  readonly #users: HubSpotUsers
  #round = 0
  #count = 0

  constructor(stage: Stage) {
    this.#stage = stage
    this.#users = new HubSpotUsers(stage)
    this.customers = CUSTOMERS.map(({ organization, domain }, index) => ({
      customerId: `cus_${stage.name}_${index}`,
      organizationId: `org_${stage.name}_${organization}`,
      email: `cus-${index}@${stage.name}.example`,
      domain: domain && `${domain}-${stage.name}.example`,
    }))
  }

  /** The product's actions start in the same moment. HubSpot users act one after the other meanwhile. */
  async round(actions: Action[]): Promise<void> {
    this.#round += 1
    const ofProduct = actions.filter(isOfProduct).map(async (action) => await this.#letProductAct(action))
    await Promise.all([...ofProduct, this.#letHubSpotUsersAct(actions)])
  }

  /** Two at once would not know which record they act on: after a merge, the id of one contact leads to another one. */
  async #letHubSpotUsersAct(actions: Action[]): Promise<void> {
    for (const action of actions) {
      if (isOfProduct(action)) continue
      const happened = await this.#letHubSpotUserAct(action, this.#member(action.customer))
      if (happened) this.#note(happened)
    }
  }

  async #letProductAct(action: ProductAction): Promise<void> {
    const customer = this.#member(action.customer)
    const { customerId, organizationId } = customer
    switch (action.does) {
      case 'register':
        return await this.#send('registered', customer, { phone: this.#valueOf(customerId) }, action.namedBy)
      case 'update': {
        const owners = { phone: customerId, city: customerId, 'company.phone': organizationId }
        const values = Object.fromEntries(action.fields.map((field) => [field, this.#valueOf(owners[field])]))
        return await this.#send('updated', customer, values, action.namedBy)
      }
      case 'update company': {
        const members = this.customers.filter((each) => each.organizationId === organizationId)
        await Promise.all(
          members.map(async (member) => {
            await this.#send('updated', member, { 'company.phone': this.#valueOf(organizationId) }, 'nothing')
          }),
        )
        return
      }
      case 'clear city':
        return await this.#send('updated', customer, { city: null }, 'nothing')
      case 'send the same values': {
        const values = this.#newestOf(customer)
        return values.phone === undefined ? undefined : await this.#send('updated', customer, values, 'nothing')
      }
      case 'erase':
        return await this.#send('erased', customer, {}, 'nothing')
    }
  }

  async #letHubSpotUserAct(
    action: UserAction,
    { customerId, organizationId, email }: Member,
  ): Promise<WithoutRound | null> {
    const users = this.#users
    switch (action.does) {
      case 'edit contact':
        return await users.editContact(customerId, action.field, this.#valueOf('users'))
      case 'edit company':
        return await users.editCompany(organizationId, this.#valueOf('users'))
      case 'delete contact':
        return await users.deleteContact(customerId)
      case 'delete company':
        return await users.deleteCompany(organizationId)
      case 'merge contact':
        return await users.mergeContact(customerId, this.#member(action.into).customerId, action.portal)
      case 'merge with own contact':
        return await users.mergeWithOwnContact(customerId, `own-${this.#count++}-${email}`, action.first)
      case 'associate': {
        const { organizationId: other } = this.#member(action.withCompanyOf)
        // The association with the own company is onramp's.
        return other === organizationId ? null : await users.associate(customerId, other)
      }
    }
  }

  async #send(
    what: 'registered' | 'updated' | 'erased',
    { customerId, organizationId, email, domain }: Member,
    values: { [field in StoryField]?: string | null },
    namedBy: NamedBy | 'nothing',
  ): Promise<void> {
    const at = START + this.#count++
    const { phone, city, 'company.phone': companyPhone } = values
    const isNamed = what === 'registered' || companyPhone !== undefined
    const company = {
      ...(companyPhone !== undefined && { phone: companyPhone }),
      ...(isNamed && namedBy !== 'nothing' && (domain === null || namedBy !== 'domain') && { id: organizationId }),
      ...(isNamed && namedBy !== 'nothing' && namedBy !== 'id' && domain !== null && { domain }),
      ...(what === 'registered' && { name: organizationId }),
    }
    const data = {
      customerId,
      ...(what === 'registered' && { email }),
      ...(phone !== undefined && { phone }),
      ...(city !== undefined && { address: { city } }),
      ...(Object.keys(company).length > 0 && { company }),
    }
    this.#note({ what: 'event', type: what, customerId, at, values })
    await this.#stage.send(
      { type: `customer.${what}`, timestamp: new Date(at).toISOString(), data },
      `evt_${at}_${customerId}`,
    )
  }

  /** A value that names its owner, so that it shows when it gets to a record of another one. */
  #valueOf(owner: string): string {
    return `${owner}#${this.#count++}`
  }

  #newestOf({ customerId }: Member): { [field in StoryField]?: string | null } {
    const events = this.happened.filter((each) => each.what === 'event' && each.customerId === customerId)
    const { phone, city } = Object.assign({}, ...events.map((each) => (each.what === 'event' ? each.values : {}))) as {
      [field in StoryField]?: string | null
    }
    return { ...(phone !== undefined && { phone }), ...(city !== undefined && { city }) }
  }

  #member(index: number): Member {
    const member = this.customers[index]
    if (!member) throw new Error(`The story has no customer ${index}.`)
    return member
  }

  #note(happened: WithoutRound): void {
    this.happened.push({ ...happened, round: this.#round })
  }
}
