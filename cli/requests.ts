// Longer conversations with the API: all pages of a list, and requests that are repeated while the API is busy.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CustomerPage } from '../api/contract/customers.ts'
import { ApiError, Unreachable } from './client.ts'
import type { ApiResponse, OperatorApi } from './client.ts'

const PAUSE_MS = 1000
const MAX_ATTEMPTS = 10

/** All customers of a list. The first page is requested once, so that a wrong filter and an unreachable API show at once. */
export async function allCustomers(api: OperatorApi, filter: Record<string, string>): Promise<CustomerPage> {
  const first = await api.request('GET', `/v1/customers${queryOf(filter)}`)
  let { customers, next } = first.body as CustomerPage
  while (next !== null) {
    const { body } = await getWithRetries(api, `/v1/customers${queryOf({ ...filter, cursor: next })}`)
    const page = body as CustomerPage
    customers = [...customers, ...page.customers]
    next = page.next
  }
  return { customers, next }
}

export function queryOf(parameters: Record<string, string>): string {
  const query = new URLSearchParams(parameters).toString()
  return query && `?${query}`
}

/** Retries when the API is busy or unreachable for a moment, so that this does not end a long list or a long resume. */
export async function getWithRetries(api: OperatorApi, path: string): Promise<ApiResponse> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.request('GET', path)
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !mayPass(error)) throw error
      await sleep(PAUSE_MS)
    }
  }
}

/** Whether the same request may succeed in a moment. */
export function mayPass(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof ApiError && error.response.status === 503)
}
