// Draws stories of three customers, their product and HubSpot users, who all act at the same time.

import fc from 'fast-check'

/** The first two customers share an organization with a domain. The third one's organization is known by its id alone. */
export const CUSTOMERS = [
  { organization: 'engines', domain: 'engines' },
  { organization: 'engines', domain: 'engines' },
  { organization: 'looms', domain: null },
] as const

/** By what an event names the organization, where the organization has both. */
export type NamedBy = 'id' | 'domain' | 'both'

/** Each `customer` is an index. An action on a record that is not there has no effect. */
export type Action = ProductAction | UserAction

export type ProductAction =
  | { does: 'register'; customer: number; namedBy: NamedBy }
  | { does: 'update'; customer: number; fields: ('phone' | 'city' | 'company.phone')[]; namedBy: NamedBy | 'nothing' }
  /** All customers of the organization change its company in the same moment. */
  | { does: 'update company'; customer: number }
  | { does: 'clear city'; customer: number }
  | { does: 'send the same values'; customer: number }
  | { does: 'erase'; customer: number }

export type UserAction =
  | { does: 'edit contact'; customer: number; field: 'phone' | 'city' }
  | { does: 'edit company'; customer: number }
  | { does: 'delete contact'; customer: number }
  | { does: 'delete company'; customer: number }
  | { does: 'merge contact'; customer: number; into: number; portal: 'keeps the id' | 'gives a new id' }
  | { does: 'merge with own contact'; customer: number; first: 'customer' | 'own contact' }
  | { does: 'associate'; customer: number; withCompanyOf: number }

const PRODUCT_ACTIONS = ['register', 'update', 'update company', 'clear city', 'send the same values', 'erase']

export function isOfProduct(action: Action): action is ProductAction {
  return PRODUCT_ACTIONS.includes(action.does)
}

/** Actions at the same time (HubSpot users’ in this order), and what the next round waits for: nothing, until all is written, or until all customers complete (idle). */
export interface Round {
  actions: Action[]
  next: 'go on' | 'rest' | 'idle'
}

/** All customers register first, then come the drawn rounds. */
export const story: fc.Arbitrary<Round[]> = fc
  .tuple(opening(), fc.array(round(), { minLength: 1, maxLength: 5, size: 'max' }))
  .map(([registrations, rounds]) => withoutMergesOfErased(withoutEarlyIds([...registrations, ...rounds])))

function opening(): fc.Arbitrary<Round[]> {
  const one = fc.record({ namedBy: namedBy(), next: fc.constantFrom(null, 'go on' as const, 'rest' as const) })
  const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3 })
  return fc.tuple(order, fc.tuple(one, one, one)).map(([customers, drawn]) => {
    const rounds: Round[] = []
    let actions: Action[] = []
    for (const [index, { namedBy: by, next }] of drawn.entries()) {
      actions.push({ does: 'register', customer: customers[index] ?? 0, namedBy: by })
      // `null`: in the same round as the next registration.
      if (next === null && index < 2) continue
      rounds.push({ actions, next: next ?? 'rest' })
      actions = []
    }
    return rounds
  })
}

function round(): fc.Arbitrary<Round> {
  return fc.record({
    actions: fc.array(action(), { minLength: 1, maxLength: 4, size: 'max' }),
    next: fc.oneof(
      { weight: 2, arbitrary: fc.constant('go on' as const) },
      { weight: 2, arbitrary: fc.constant('rest' as const) },
      { weight: 3, arbitrary: fc.constant('idle' as const) },
    ),
  })
}

function action(): fc.Arbitrary<Action> {
  const customer = fc.nat(CUSTOMERS.length - 1)
  const updated = fc.subarray(['phone', 'city', 'company.phone'] as const, { minLength: 1 })
  const by = fc.oneof(fc.constant('nothing' as const), namedBy())
  const does = <Name extends Action['does']>(name: Name) => fc.constant(name)
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ does: does('update'), customer, fields: updated, namedBy: by }) },
    { weight: 1, arbitrary: fc.record({ does: does('register'), customer, namedBy: namedBy() }) },
    { weight: 3, arbitrary: fc.record({ does: does('update company'), customer }) },
    { weight: 1, arbitrary: fc.record({ does: does('clear city'), customer }) },
    { weight: 2, arbitrary: fc.record({ does: does('send the same values'), customer }) },
    { weight: 1, arbitrary: fc.record({ does: does('erase'), customer }) },
    {
      weight: 3,
      arbitrary: fc.record({ does: does('edit contact'), customer, field: fc.constantFrom('phone', 'city') }),
    },
    { weight: 2, arbitrary: fc.record({ does: does('edit company'), customer }) },
    { weight: 1, arbitrary: fc.record({ does: does('delete contact'), customer }) },
    { weight: 1, arbitrary: fc.record({ does: does('delete company'), customer }) },
    {
      weight: 2,
      arbitrary: fc.record({
        does: does('merge contact'),
        customer,
        into: customer,
        portal: fc.constantFrom('keeps the id', 'gives a new id'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        does: does('merge with own contact'),
        customer,
        first: fc.constantFrom('customer', 'own contact'),
      }),
    },
    { weight: 3, arbitrary: fc.record({ does: does('associate'), customer, withCompanyOf: customer }) },
  )
}

function namedBy(): fc.Arbitrary<NamedBy> {
  return fc.constantFrom('both', 'domain', 'id')
}

/**
 * HubSpot erases a contact by its id. When HubSpot users merge the contact in the same moment, the id leads to the merged contact
 * (docs/limits.md).
 */
function withoutMergesOfErased(rounds: Round[]): Round[] {
  const erasedIn = (customer: number) =>
    rounds.findIndex(({ actions }) => actions.some((each) => each.does === 'erase' && each.customer === customer))
  const isErasedBy = (round: number, customer: number) => erasedIn(customer) !== -1 && erasedIn(customer) <= round
  const isOfErased = (action: Action, round: number) => {
    if (action.does === 'merge with own contact') return isErasedBy(round, action.customer)
    return action.does === 'merge contact' && (isErasedBy(round, action.customer) || isErasedBy(round, action.into))
  }
  return rounds.map(({ actions, next }, round) => ({
    next,
    actions: actions.filter((action) => !isOfErased(action, round)),
  }))
}

/**
 * A registration that names the organization by its id alone needs a company that has the id (docs/limits.md). So it also
 * names the domain, unless the company was created before with both. Then nobody deletes that company.
 */
function withoutEarlyIds(rounds: Round[]): Round[] {
  const registrations = ({ actions }: Round) => actions.filter(registersInEngines)
  const first = rounds.find((each) => registrations(each).length > 0)
  const [creates, ...others] = first ? registrations(first) : []
  const hasId =
    creates?.does === 'register' && creates.namedBy !== 'domain' && others.length === 0 && first?.next !== 'go on'
  const mayUseId = (action: Action) => hasId && action !== creates
  const usesId = rounds.some((each) =>
    registrations(each).some((action) => mayUseId(action) && 'namedBy' in action && action.namedBy === 'id'),
  )
  return rounds.map(({ actions, next }) => ({
    next,
    actions: actions
      .filter((action) => !(usesId && action.does === 'delete company' && inEngines(action)))
      .map((action) =>
        registersInEngines(action) && !mayUseId(action)
          ? { ...action, namedBy: action.namedBy === 'domain' ? 'domain' : 'both' }
          : action,
      ),
  }))
}

function registersInEngines(action: Action): action is Extract<Action, { does: 'register' }> {
  return action.does === 'register' && inEngines(action)
}

function inEngines({ customer }: Action): boolean {
  return CUSTOMERS[customer]?.organization === 'engines'
}

/** One line a round, for the report of a failure. */
export function describeStory(rounds: Round[]): string {
  return rounds.map(({ actions, next }) => `  ${actions.map(describeAction).join('; ')} → ${next}`).join('\n')
}

function describeAction({ does, customer, ...details }: Action): string {
  const rest = Object.entries(details).map(([name, value]) => `${name} ${String(value)}`)
  return [`${does} (${customer})`, ...rest].join(', ')
}
