// `erase`: erases a customer, and says what was in HubSpot.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CustomerStatus } from '../api/contract/customer-status.ts'
import { ApiError } from './client.ts'
import type { OperatorApi } from './client.ts'
import type { CommandLine } from './command-line.ts'
import type { Outcome } from './outcome.ts'
import { mayPass } from './requests.ts'
import { plain } from './table.ts'

const PAUSE_MS = 500
// An erasure takes about a second while HubSpot answers.
const WAIT_MS = 15_000

/** @throws ApiError, Unreachable when the API rejects the erasure or does not answer */
export async function eraseCustomer(commandLine: CommandLine, api: OperatorApi): Promise<Outcome> {
  const { argument: customerId, unknown, json } = commandLine
  const path = `/v1/customers/${encodeURIComponent(customerId)}`
  await api.request('DELETE', unknown ? `${path}?unknown=true` : path)
  const { result, message } = await endOf(customerId, api, path)
  // The API has accepted the erasure in any case, and nothing but an operator ends it.
  const exitCode = result === 'parked' ? 1 : 0
  return { text: json ? JSON.stringify({ customerId, result, message }) : message, exitCode }
}

/** `erased`: HubSpot was looked at. `parked`: an operator has to do something. `unconfirmed`: neither so far. */
interface End {
  result: 'erased' | 'parked' | 'unconfirmed'
  message: string
}

async function endOf(customerId: string, api: OperatorApi, path: string): Promise<End> {
  const endsAt = Date.now() + WAIT_MS
  for (;;) {
    const status = await statusOrProblem(api, path)
    const end = typeof status === 'string' ? null : endIn(status)
    if (end !== null) return end
    if (Date.now() < endsAt) {
      await sleep(PAUSE_MS)
      continue
    }
    const why = typeof status === 'string' ? status : 'HubSpot has not confirmed it so far.'
    const message = `${customerId} is being erased. ${why} \`status ${customerId}\` shows the end.`
    return { result: 'unconfirmed', message }
  }
}

/** The status; the detail of the problem while there is none. */
async function statusOrProblem(api: OperatorApi, path: string): Promise<CustomerStatus | string> {
  try {
    return (await api.request('GET', path)).body as CustomerStatus
  } catch (error) {
    if (!mayPass(error)) throw error
    const { detail } = ((error instanceof ApiError && error.response.body) || {}) as { detail?: string }
    return plain(detail ?? 'The API does not answer at present.')
  }
}

/** An event or an operator has requested the erasure. */
function isRequest({ what, outcome }: CustomerStatus['timeline'][number]): boolean {
  return what === 'event' ? outcome.startsWith('erased') : what === 'erasure' && outcome.startsWith('requested')
}

/** `null` while the erasure has not looked at HubSpot. */
function endIn({ customerId, phase, timeline, parked }: CustomerStatus): End | null {
  // The erasure may not have reached the onboarding yet. What is parked was parked before.
  if (phase !== 'erasing' && phase !== 'erased') return null
  const requested = timeline.findLastIndex(isRequest)
  const looks = timeline.slice(requested + 1).filter(({ what }) => what === 'erasure')
  const look = looks.at(-1)
  const [attention] = parked
  if (attention) {
    return { result: 'parked', message: `${customerId} is not erased everywhere. ${plain(attention.message)}` }
  }
  if (phase !== 'erased' && look === undefined) return null
  const sentences = [`${customerId} is erased.`, asSentence(look?.outcome), asSentence(look?.note)]
  return { result: 'erased', message: sentences.filter(Boolean).join(' ') }
}

function asSentence(text: string | undefined): string {
  return text ? `${plain(text[0]!.toUpperCase() + text.slice(1))}.` : ''
}
