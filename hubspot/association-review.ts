// Reads the associations of a contact again about a minute after it was associated, for many contacts together. HubSpot may have
// created and associated a company of its own in between, or may not have made onramp's company the primary one.

import type { AssociationReview } from '../domain/crm.ts'
import { alsoAssociatedWith } from './associations.ts'
import type { MadeAssociation, PrimaryPolicy } from './associations.ts'
import type { HubSpot } from './client/client.ts'
import { isMissing } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'

export interface AssociationReviewOptions {
  /** The client for the reads. Nobody waits for them, so the client may send them after all other calls. */
  hubspot: { associations: Pick<HubSpot['associations'], 'companiesOf' | 'companiesOfMany'> }
  policy: PrimaryPolicy
  /** Takes a finding to the customer's onboarding. There is no call without a finding. */
  report: (customerId: string, review: AssociationReview) => Promise<void>
  /** Gets the number of reviews or reports of a round that failed or had no space. Their customers only miss the notice. */
  onLost?: (count: number) => void
  /** The age at which an association is reviewed, and the time between two rounds, in milliseconds. */
  ageMs?: number
  roundMs?: number
}

// HubSpot creates a company for a new contact within seconds. A minute later it is done, also on a slow day.
const AGE_MS = 60_000
// The associations of this time are read together.
const ROUND_MS = 15_000
// Enough for 60 new customers a second, for twice the longest age. When there are more, the oldest are dropped.
const LIMIT = 10_000
// The most that HubSpot reads in one batch.
const TOGETHER = 100

type Waiting = MadeAssociation & { at: number }
type Companies = Awaited<ReturnType<HubSpot['associations']['companiesOf']>>

export function createAssociationReviews({
  hubspot,
  policy,
  report,
  onLost = () => {},
  ageMs = AGE_MS,
  roundMs = ROUND_MS,
}: AssociationReviewOptions) {
  let waiting: Waiting[] = []
  let lost = 0
  let running: Promise<void> = Promise.resolve()
  // The interval starts here, not with an association: a timer that an activity starts would keep that activity's context.
  const rounds = setInterval(() => start(performance.now() - ageMs), roundMs).unref()

  /** Reviews what was made until then. The rounds follow each other, so that at most one batch is in flight. */
  function start(madeUntil: number): void {
    running = running.then(async () => {
      const due = waiting.filter(({ at }) => at <= madeUntil)
      waiting = waiting.filter(({ at }) => at > madeUntil)
      while (due.length > 0) await reviewTogether(due.splice(0, TOGETHER))
      if (lost > 0) onLost(lost)
      lost = 0
    })
  }

  async function reviewTogether(some: Waiting[]): Promise<void> {
    const contactIds = some.map(({ contactId }) => contactId)
    const read = await hubspot.associations.companiesOfMany(contactIds).catch(() => contactIds.map(() => null))
    await Promise.all(some.map((each, index) => review(each, read[index] ?? null)))
  }

  /** @param read `null`: the contact is read alone, which also shows whether it is there */
  async function review(
    { customerId, contactId, companyId, knownIds }: Waiting,
    read: Companies | null,
  ): Promise<void> {
    try {
      const companies = read ?? (await hubspot.associations.companiesOf(contactId))
      // The customer has moved, or HubSpot users have removed the association.
      if (!companies.some((company) => company.companyId === companyId)) return
      const lacksPrimary = policy !== 'never' && !companies.some(({ isPrimary }) => isPrimary)
      const others = companies.flatMap(({ companyId: id }) => (id === companyId || knownIds.includes(id) ? [] : id))
      if (others.length === 0 && !lacksPrimary) return
      const notes = [
        ...(others.length > 0 ? [alsoAssociatedWith(others)] : []),
        ...(lacksPrimary ? ['HubSpot has made no company the primary one, so that it is associated again'] : []),
      ]
      const finding = lacksPrimary ? 'without-primary' : 'other-companies'
      await report(customerId, { companyId, finding, note: notes.join('; ') })
    } catch (error) {
      // The contact was deleted or erased meanwhile.
      if (!(error instanceof HubSpotError && isMissing(error))) lost += 1
    }
  }

  return {
    /** Has the contact's associations read about a minute from now. */
    made(this: void, association: MadeAssociation): void {
      waiting.push({ ...association, at: performance.now() })
      if (waiting.length <= LIMIT) return
      waiting.shift()
      lost += 1
    },

    /** Reviews all that wait, at once, for a worker that stops. */
    async drain(): Promise<void> {
      clearInterval(rounds)
      start(Infinity)
      await running
    },
  }
}
