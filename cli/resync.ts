// `resync`: lists what will be overwritten, asks, and writes the fields of a customer to HubSpot again.

import type { CustomerStatus } from '../api/contract/customer-status.ts'
import type { OperatorApi } from './client.ts'
import { UsageError } from './command-line.ts'
import type { CommandLine } from './command-line.ts'
import type { Outcome } from './outcome.ts'
import { plain, table } from './table.ts'
import type { Terminal } from './terminal.ts'
import { plural } from './views.ts'

/** @throws ApiError, Unreachable, UsageError when nobody can be asked and `--yes` is missing */
export async function resyncCustomer(commandLine: CommandLine, api: OperatorApi, terminal: Terminal): Promise<Outcome> {
  const { argument: customerId, yes, json } = commandLine
  const path = `/v1/customers/${encodeURIComponent(customerId)}`
  const status = (await api.request('GET', path)).body as CustomerStatus
  terminal.show(overwrittenView(status))
  if (!yes && !terminal.isInteractive) {
    throw new UsageError(`Nothing was written. Confirm with --yes that ${customerId} is written again.`)
  }
  if (!yes && !(await terminal.confirm('Write them?'))) return { text: 'Nothing was written.', exitCode: 1 }

  const response = await api.request('POST', `${path}/resync`)
  // The workflow's own list counts where there is one: an event may have come since the status.
  const { fields = fieldsToWrite(status) } = response.body as { fields?: string[] }
  const text = `A resync of ${plural(fields.length, 'field')} of ${customerId} has started. \`status ${customerId}\` shows when HubSpot has them.`
  return { text: json ? response.text : text, exitCode: 0 }
}

/** The fields that a resync sends. A skipped value stays so: a newer one is there, or the customer has left that organization. */
function fieldsToWrite({ fields }: CustomerStatus): string[] {
  return Object.entries(fields).flatMap(([field, { state }]) => (state === 'skipped' ? [] : [field]))
}

function overwrittenView(status: CustomerStatus): string {
  const { customerId, hubspot, fields } = status
  const rows = fieldsToWrite(status).map((name) => {
    const field = fields[name as keyof typeof fields]
    return [name, field?.state, field?.at, recordOf(name, hubspot)]
  })
  return [
    `A resync of ${plain(customerId)} writes these fields again, over what HubSpot users have entered since. Settings that let values of`,
    'HubSpot users stay still apply.',
    table(['FIELD', 'STATE', 'EVENT TIME', 'IN HUBSPOT'], rows, 'onramp knows no field of this customer.'),
  ].join('\n')
}

function recordOf(field: string, { contactId, companyId }: CustomerStatus['hubspot']): string {
  const [record, id] = field.startsWith('company.') ? ['company', companyId] : ['contact', contactId]
  return id === null || id === undefined ? `${record}, not there yet` : `${record} ${id}`
}
