// The commands of `npm run customer`: each calls the API and turns the response into text.

import { setTimeout as sleep } from 'node:timers/promises'
import type { AttentionCount, ResumeProgress } from '../api/contract/attention.ts'
import type { CustomerStatus, ListedCustomer } from '../api/contract/customers.ts'
import { ApiError } from './client.ts'
import type { ApiResponse, OperatorApi } from './client.ts'
import type { CommandLine } from './command-line.ts'
import { attentionView, listView, progressView, statusView } from './views.ts'

const POLL_MS = 1000
const MAX_ATTEMPTS = 10

export interface Outcome {
  /** For standard output. */
  text: string
  /** `false` when `resume-all` could not resume some customers. The exit code is then 1. */
  isDone: boolean
}

/** @throws ApiError, Unreachable */
export async function runCommand(commandLine: CommandLine, api: OperatorApi): Promise<Outcome> {
  const { command, argument, json, corrections } = commandLine
  const customer = `/v1/customers/${encodeURIComponent(argument)}`
  const show = (response: ApiResponse, view: string): Outcome => ({ text: json ? response.text : view, isDone: true })

  switch (command) {
    case 'status': {
      const response = await api.request('GET', customer)
      return show(response, json ? '' : statusView(response.body as CustomerStatus))
    }
    case 'list':
      return { text: await list(commandLine, api), isDone: true }
    case 'resume': {
      const body = corrections ? { customer: corrections } : undefined
      const response = await api.request('POST', `${customer}/resume`, body)
      return show(response, `${argument} is resumed${body ? ' with the corrections' : ''}.`)
    }
    case 'resync':
      return show(await api.request('POST', `${customer}/resync`), `All fields of ${argument} are being written again.`)
    case 'erase':
      return show(await api.request('DELETE', customer), `${argument} is being erased.`)
    case 'attention': {
      const response = await api.request('GET', '/v1/attention')
      return show(response, json ? '' : attentionView(response.body as { attention: AttentionCount[] }))
    }
    case 'resume-all': {
      const response = await api.request('POST', `/v1/attention/${encodeURIComponent(argument)}/resume`)
      return json ? show(response, '') : await waitForResume(api, response)
    }
  }
}

interface Page {
  customers: ListedCustomer[]
  next: string | null
}

async function list({ phase, attention, all, json }: CommandLine, api: OperatorApi): Promise<string> {
  const filter = { ...(phase !== undefined && { phase }), ...(attention !== undefined && { attention }) }
  const first = await api.request('GET', `/v1/customers${queryOf(filter)}`)
  const whole = { ...(first.body as Page) }
  if (!all) return json ? first.text : listView(whole)

  while (whole.next !== null) {
    const { body } = await getWithRetries(api, `/v1/customers${queryOf({ ...filter, cursor: whole.next })}`)
    const page = body as Page
    whole.customers = [...whole.customers, ...page.customers]
    whole.next = page.next
  }
  return json ? JSON.stringify(whole) : listView(whole)
}

function queryOf(parameters: Record<string, string>): string {
  const query = new URLSearchParams(parameters).toString()
  return query && `?${query}`
}

/** Polls the progress of `resume-all` until the batch has ended. */
async function waitForResume(api: OperatorApi, { location }: ApiResponse): Promise<Outcome> {
  if (location === null) throw new Error('The response of the API has no Location header, so the progress is unknown.')
  for (;;) {
    const { body } = await getWithRetries(api, location)
    const progress = body as ResumeProgress
    if (progress.state !== 'running') {
      return { text: progressView(progress), isDone: progress.state === 'completed' && progress.failed === 0 }
    }
    await sleep(POLL_MS)
  }
}

/** Retries after a 503, so that a moment of overload does not end a long list or a long resume. */
async function getWithRetries(api: OperatorApi, path: string): Promise<ApiResponse> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.request('GET', path)
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !(error instanceof ApiError) || error.response.status !== 503) throw error
      await sleep(POLL_MS)
    }
  }
}
