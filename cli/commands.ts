// What each command of `npm run customer` asks of the API, and what it shows of the answer.

import { setTimeout as sleep } from 'node:timers/promises'
import type { AttentionCount, ResumeProgress } from '../api/contract/attention.ts'
import type { CustomerStatus, ListedCustomer } from '../api/contract/customers.ts'
import { Refused } from './client.ts'
import type { Answer, OperatorApi } from './client.ts'
import type { Asked } from './command-line.ts'
import { attentionView, listView, resumptionView, statusView } from './views.ts'

const PROGRESS_MS = 1000
const TRIES = 10

/** What is printed of an answer, and whether all of what was asked for has happened. */
export interface Outcome {
  text: string
  isDone: boolean
}

/** @throws Refused, Unreachable */
export async function carryOut(asked: Asked, api: OperatorApi): Promise<Outcome> {
  const customer = `/v1/customers/${encodeURIComponent(asked.about)}`
  const show = (answer: Answer, view: string): Outcome => ({ text: asked.json ? answer.text : view, isDone: true })

  switch (asked.command) {
    case 'status': {
      const answer = await api.ask('GET', customer)
      return show(answer, asked.json ? '' : statusView(answer.body as CustomerStatus))
    }
    case 'list':
      return { text: await list(asked, api), isDone: true }
    case 'resume': {
      const body = asked.corrections ? { customer: asked.corrections } : undefined
      const answer = await api.ask('POST', `${customer}/resume`, body)
      return show(answer, `${asked.about} is resumed${body ? ', with the corrections' : ''}.`)
    }
    case 'resync':
      return show(await api.ask('POST', `${customer}/resync`), `Everything of ${asked.about} is written again.`)
    case 'erase':
      return show(await api.ask('DELETE', customer), `${asked.about} is being erased.`)
    case 'attention': {
      const answer = await api.ask('GET', '/v1/attention')
      return show(answer, asked.json ? '' : attentionView(answer.body as { attention: AttentionCount[] }))
    }
    case 'resume-all': {
      const answer = await api.ask('POST', `/v1/attention/${encodeURIComponent(asked.about)}/resume`)
      return asked.json ? show(answer, '') : await progress(api, answer)
    }
  }
}

interface Page {
  customers: ListedCustomer[]
  next: string | null
}

async function list({ phase, attention, all, json }: Asked, api: OperatorApi): Promise<string> {
  const filter = { ...(phase !== undefined && { phase }), ...(attention !== undefined && { attention }) }
  const first = await api.ask('GET', `/v1/customers${queryOf(filter)}`)
  const whole = { ...(first.body as Page) }
  if (!all) return json ? first.text : listView(whole)

  while (whole.next !== null) {
    const { body } = await patiently(api, `/v1/customers${queryOf({ ...filter, cursor: whole.next })}`)
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

/** Follows the resumption of many until it has ended. */
async function progress(api: OperatorApi, started: Answer): Promise<Outcome> {
  if (started.location === null) throw new Error('The API does not say where the resumption can be followed.')
  for (;;) {
    const { body } = await patiently(api, started.location)
    const now = body as ResumeProgress
    if (now.state !== 'running') {
      return { text: resumptionView(now), isDone: now.state === 'completed' && now.failed === 0 }
    }
    await sleep(PROGRESS_MS)
  }
}

/** Asks again after a 503: what is half read or half done is not given up for a moment's overload. */
async function patiently(api: OperatorApi, path: string): Promise<Answer> {
  for (let patience = TRIES; ; patience -= 1) {
    try {
      return await api.ask('GET', path)
    } catch (error) {
      if (patience === 1 || !(error instanceof Refused) || error.answer.status !== 503) throw error
      await sleep(PROGRESS_MS)
    }
  }
}
