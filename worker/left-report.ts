// Says who is left on another version of the workers, by cause, and what to do about it.

import { causeOfLeft } from './left-customers.ts'
import type { Cause, LeftCustomer } from './left-customers.ts'

const CAUSES: Cause[] = ['stuck', 'no-worker', 'waiting', 'asked']
// So many customers are named for each cause.
const NAMED = 5

interface Left {
  count: number
  customerIds: string[]
  versions: Set<string>
}

/** The first few of many names. */
export function named(names: readonly string[], count = names.length): string {
  return [...names.slice(0, NAMED), ...(count > NAMED ? ['…'] : [])].join(', ')
}

/** @param query the list, for an operator who wants all of them */
export async function leftReport(
  customers: AsyncIterable<LeftCustomer>,
  versionsWithWorkers: ReadonlySet<string | null>,
  query: string,
): Promise<{ lines: string[]; isNobody: boolean }> {
  const byCause = new Map<Cause, Left>()
  let total = 0
  for await (const customer of customers) {
    total += 1
    const cause = causeOfLeft(customer, versionsWithWorkers)
    const left = byCause.get(cause) ?? { count: 0, customerIds: [], versions: new Set() }
    byCause.set(cause, left)
    left.count += 1
    if (left.customerIds.length < NAMED) left.customerIds.push(customer.customerId)
    left.versions.add(customer.version ?? 'no version')
  }
  if (total === 0) {
    return {
      isNobody: true,
      lines: ['Nobody is left on another version: the workers of other versions may be stopped.'],
    }
  }
  const lines = CAUSES.flatMap((cause) => {
    const left = byCause.get(cause)
    if (left === undefined) return []
    const sentence = SENTENCES[cause]([...left.versions].join(', '))
    return [`  ${left.count} ${sentence}`, `    ${named(left.customerIds, left.count)}`]
  })
  return {
    isNobody: false,
    lines: [
      `${total} running ${total === 1 ? 'customer is' : 'customers are'} left. Keep the workers of their versions, and run this again later:`,
      ...lines,
      `All of them: temporal workflow list --query "${query}"`,
    ],
  }
}

const SENTENCES: Record<Cause, (versions: string) => string> = {
  stuck: () => 'stuck: the code does not fit their history, or throws. Run: npm run customer -- reset-stuck',
  'no-worker': (versions) =>
    `without a worker of their version. Start workers of ${versions}, or run: npm run customer -- reset-stuck`,
  waiting: () => 'waiting for HubSpot: they move when HubSpot has answered.',
  asked: (versions) => `on ${versions}: asked, or still to be asked; a free worker of that version has them move.`,
}
