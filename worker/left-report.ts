// Says who is left on another version of the workers, by cause, and what to do about it.

import { causeOfLeft } from './left-customers.ts'
import type { Cause, LeftCustomer } from './left-customers.ts'

const CAUSES: Cause[] = ['stuck', 'no-worker', 'waiting', 'asked']
// So many customers are named for each cause.
const NAMED = 5

export interface LeftQuery {
  /** The list, for an operator who wants all of them. */
  query: string
  namespace: string
  /** The versions that workers poll for; `null` among them stands for workers without a version. */
  versionsWithWorkers: ReadonlySet<string | null>
  /** The run ids of the rows in Visibility that have no run. */
  rowsWithoutRun: ReadonlySet<string>
}

interface Left {
  count: number
  customerIds: string[]
  versions: Set<string>
}

/** The first few of many names. */
export function named(names: readonly string[], count = names.length): string {
  return [...names.slice(0, NAMED), ...(count > NAMED ? ['…'] : [])].join(', ')
}

export async function leftReport(
  customers: AsyncIterable<LeftCustomer>,
  { query, namespace, versionsWithWorkers, rowsWithoutRun }: LeftQuery,
): Promise<{ lines: string[]; isNobody: boolean }> {
  const byCause = new Map<Cause, Left>()
  const withoutRun: LeftCustomer[] = []
  let total = 0
  for await (const customer of customers) {
    if (rowsWithoutRun.has(customer.runId)) {
      withoutRun.push(customer)
      continue
    }
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
      lines: [
        'Nobody is left on another version: the workers of other versions may be stopped.',
        ...withoutRunLines(withoutRun, namespace),
      ],
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
      ...withoutRunLines(withoutRun, namespace),
    ],
  }
}

/** Every row has its command, since no query finds them. */
function withoutRunLines(rows: readonly LeftCustomer[], namespace: string): string[] {
  if (rows.length === 0) return []
  return [
    `${rows.length} ${rows.length === 1 ? 'row' : 'rows'} of Visibility without a run, as a restore can leave them: nobody is left there, and they ` +
      'need no workers. Remove them, so that no alert counts them (docs/operations/backup.md, "Rows without a run"):',
    ...rows.map(
      ({ workflowId, runId }) =>
        `  tdbg --namespace ${quoted(namespace)} --yes workflow delete --workflow-id ${quoted(workflowId)} --run-id ${quoted(runId)}`,
    ),
  ]
}

/** As one argument of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const SENTENCES: Record<Cause, (versions: string) => string> = {
  stuck: () => 'stuck: the code does not fit their history, or throws. Run: npm run customer -- reset-stuck',
  'no-worker': (versions) =>
    `without a worker of their version. Start workers of ${versions}, or run: npm run customer -- reset-stuck`,
  waiting: () => 'waiting for HubSpot: they move when HubSpot has answered.',
  asked: (versions) => `on ${versions}: asked, or still to be asked; a free worker of that version has them move.`,
}
