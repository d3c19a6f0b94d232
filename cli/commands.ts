// The commands of `npm run customer`: each calls the API and turns the response into text.

import type { AttentionCounts } from '../api/contract/attention.ts'
import type { CustomerStatus } from '../api/contract/customer-status.ts'
import type { CustomerPage } from '../api/contract/customers.ts'
import type { ApiResponse, OperatorApi } from './client.ts'
import type { CommandLine } from './command-line.ts'
import { eraseCustomer } from './erase.ts'
import type { Outcome } from './outcome.ts'
import { allCustomers, queryOf } from './requests.ts'
import { resetStuck } from './reset-stuck.ts'
import { resumeAll } from './resume-all.ts'
import { resyncCustomer } from './resync.ts'
import type { Terminal } from './terminal.ts'
import { attentionView, foundView, listView, statusView } from './views.ts'

/** @throws ApiError, Unreachable, UsageError */
export async function runCommand(commandLine: CommandLine, api: OperatorApi, terminal: Terminal): Promise<Outcome> {
  const { command, argument, json, corrections } = commandLine
  const customer = `/v1/customers/${encodeURIComponent(argument)}`
  const show = (response: ApiResponse, view: string): Outcome => ({ text: json ? response.text : view, exitCode: 0 })

  switch (command) {
    case 'status': {
      const response = await api.request('GET', customer)
      return show(response, json ? '' : statusView(response.body as CustomerStatus))
    }
    case 'find': {
      const sought = argument.includes('@') ? { email: argument } : { contactId: argument }
      const response = await api.request('POST', '/v1/customers/find', sought)
      const { customers } = response.body as CustomerPage
      return { ...show(response, foundView(customers)), exitCode: customers.length > 0 ? 0 : 3 }
    }
    case 'list':
      return { text: await list(commandLine, api), exitCode: 0 }
    case 'resume': {
      const body = corrections ? { customer: corrections } : undefined
      const response = await api.request('POST', `${customer}/resume`, body)
      return show(response, `${argument} is resumed${body ? ' with the corrections' : ''}.`)
    }
    case 'correct': {
      const response = await api.request('POST', `${customer}/correct`, { customer: corrections })
      const { fields } = response.body as { fields: string[] }
      return show(
        response,
        `${fields.join(', ')} of ${argument} is corrected. \`status ${argument}\` shows when HubSpot has it.`,
      )
    }
    case 'resync':
      return await resyncCustomer(commandLine, api, terminal)
    case 'erase':
      return await eraseCustomer(commandLine, api)
    case 'lift-erasure':
      return show(await api.request('DELETE', `${customer}/erasure`), `Later events about ${argument} count again.`)
    case 'attention': {
      const response = await api.request('GET', '/v1/attention')
      return show(response, json ? '' : attentionView(response.body as AttentionCounts))
    }
    case 'resume-all':
      return await resumeAll(commandLine, api, terminal)
    case 'reset-stuck':
      return await resetStuck(commandLine, api, terminal)
  }
}

async function list({ phase, attention, waiting, all, json }: CommandLine, api: OperatorApi): Promise<string> {
  const filter = {
    ...(phase !== undefined && { phase }),
    ...(attention !== undefined && { attention }),
    ...(waiting !== undefined && { waiting }),
  }
  if (all) {
    const customers = await allCustomers(api, filter)
    return json ? JSON.stringify(customers) : listView(customers)
  }
  const { text, body } = await api.request('GET', `/v1/customers${queryOf(filter)}`)
  return json ? text : listView(body as CustomerPage)
}
