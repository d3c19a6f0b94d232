// `reset-stuck`: starts the reset of all stuck runs, and says which customers go on and which are stuck again.

import type { ResetJob, ResetProgress, StuckCustomers } from '../api/contract/stuck.ts'
import { ApiError } from './client.ts'
import type { OperatorApi } from './client.ts'
import type { CommandLine } from './command-line.ts'
import type { Outcome } from './outcome.ts'
import { getWithRetries, mayPass } from './requests.ts'
import { ResetCustomers } from './reset-customers.ts'
import type { Answer } from './reset-customers.ts'
import { resetView } from './reset-view.ts'
import type { Terminal } from './terminal.ts'
import { plural } from './views.ts'

/** @throws ApiError, Unreachable */
export async function resetStuck(
  { timeoutSeconds, json }: Pick<CommandLine, 'timeoutSeconds' | 'json'>,
  api: OperatorApi,
  terminal: Terminal,
): Promise<Outcome> {
  // Afterwards the list no longer has those who go on.
  const { customers } = (await getWithRetries(api, '/v1/stuck')).body as StuckCustomers
  const started = await api.request('POST', '/v1/stuck/reset')
  const { count } = started.body as ResetJob
  if (timeoutSeconds === 0) {
    const text = `The reset of ${plural(count, 'stuck run')} has started. Nobody has looked at what comes of it.`
    return { text: json ? started.text : text, exitCode: 0 }
  }

  const { location } = started
  if (location === null) throw new Error('The response of the API has no Location header, so the progress is unknown.')
  terminal.show(`The reset of ${plural(count, 'stuck run')} has started. It goes on without this command, too.`)
  const progressNow = async () => (await getWithRetries(api, location)).body as ResetProgress
  let progress = await progressNow()
  const followed = new ResetCustomers(customers.map(({ customerId }) => customerId))
  await followed.follow({
    answerOf: (customerId) => answerOf(api, customerId),
    async isReset() {
      if (progress.state === 'running') progress = await progressNow()
      return progress.state !== 'running'
    },
    endsAt: Date.now() + timeoutSeconds * 1000,
  })
  const unfollowed = Math.max(0, progress.total - customers.length)
  const isDone =
    progress.state === 'completed' && unfollowed === 0 && followed.of('goes-on').length === customers.length
  return { text: resetView({ followed, unfollowed, progress, timeoutSeconds, json }), exitCode: isDone ? 0 : 1 }
}

/** What the status of a customer says about the run. */
async function answerOf(api: OperatorApi, customerId: string): Promise<Answer> {
  try {
    await api.request('GET', `/v1/customers/${encodeURIComponent(customerId)}`)
    return 'goes-on'
  } catch (error) {
    if (error instanceof ApiError) {
      const { status, body } = error.response
      // Temporal has deleted the run, so that it does not hang.
      if (status === 404) return 'goes-on'
      if ((body as { code?: string } | null)?.code === 'hung') return 'stuck'
    }
    if (mayPass(error)) return 'none'
    throw error
  }
}
