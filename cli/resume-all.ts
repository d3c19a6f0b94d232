// `resume-all`: starts the resume of all customers who are parked for a reason, and says what came of it.

import type { ResumeJob, ResumeProgress } from '../api/contract/attention.ts'
import { isAboutCustomer } from '../domain/resume-result.ts'
import type { Resume, StatusAfterResume } from '../domain/resume-result.ts'
import { ApiError } from './client.ts'
import type { OperatorApi } from './client.ts'
import type { CommandLine } from './command-line.ts'
import type { Outcome } from './outcome.ts'
import { allCustomers, getWithRetries, mayPass } from './requests.ts'
import { ResumedCustomers } from './resumed-customers.ts'
import { resumedSoFar, resumedView } from './resumed-view.ts'
import type { Terminal } from './terminal.ts'
import { plural } from './views.ts'

const SHOW_EVERY_MS = 5000

/**
 * The list is read before the resume starts, since afterwards it no longer has the customers who went on. It is read again at the end,
 * since it lags: it may have lacked customers who were parked some moments before.
 *
 * @throws ApiError, Unreachable
 */
export async function resumeAll(commandLine: CommandLine, api: OperatorApi, terminal: Terminal): Promise<Outcome> {
  const { argument: reason, timeoutSeconds, json } = commandLine
  const { customers } = await allCustomers(api, { attention: reason })
  const started = await api.request('POST', `/v1/attention/${encodeURIComponent(reason)}/resume`)
  const { count } = started.body as ResumeJob
  if (timeoutSeconds === 0) {
    const text = `The resume of ${plural(count, 'customer')} has started. Nobody has looked at what comes of it.`
    return { text: json ? started.text : text, exitCode: 0 }
  }

  const { location } = started
  if (location === null) throw new Error('The response of the API has no Location header, so the progress is unknown.')
  const progressNow = async () => (await getWithRetries(api, location)).body as ResumeProgress
  let progress = await progressNow()
  terminal.show(`The resume of ${plural(count, 'customer')} has started. It goes on without this command, too.`)

  const resumed = new ResumedCustomers(customers.map(({ customerId }) => customerId))
  const showNumbers = atMostEvery(SHOW_EVERY_MS, () => terminal.show(resumedSoFar(resumed)))
  const resume = { reason, since: progress.since }
  const endsAt = Date.now() + timeoutSeconds * 1000
  const follow = async () =>
    await resumed.follow({
      resume,
      statusOf: (customerId) => statusOf(api, customerId),
      async isSignalled() {
        if (progress.state === 'running') progress = await progressNow()
        return progress.state !== 'running'
      },
      onRound: showNumbers,
      endsAt,
    })
  await follow()
  const late = await lateCustomers(api, resume, resumed)
  resumed.add(late)
  if (late.length > 0) await follow()

  const unreached = resumed.of('still-parked').filter(({ customerId }) => late.includes(customerId))
  const unfollowed = Math.max(0, progress.total - (resumed.size - unreached.length))
  const goOn = resumed.of('went-on').length + resumed.of('waiting').length
  const exitCode = goOn === resumed.size && unfollowed === 0 && progress.state === 'completed' ? 0 : 1
  return { text: resumedView({ resumed, unfollowed, progress, timeoutSeconds, json }), exitCode }
}

/** The customers of the resume whom the list lacked at its start, as far as it has them now. */
async function lateCustomers(
  api: OperatorApi,
  resume: Resume & { reason: string },
  resumed: ResumedCustomers,
): Promise<string[]> {
  const { customers } = await allCustomers(api, { attention: resume.reason })
  const late: string[] = []
  for (const { customerId } of customers) {
    if (resumed.has(customerId)) continue
    const status = await statusOf(api, customerId)
    // Without an answer the customer is followed, so that nobody is left out.
    if (status === null || (status !== 'gone' && isAboutCustomer(status, resume))) late.push(customerId)
  }
  return late
}

async function statusOf(api: OperatorApi, customerId: string): Promise<StatusAfterResume | 'gone' | null> {
  try {
    return (await api.request('GET', `/v1/customers/${encodeURIComponent(customerId)}`)).body as StatusAfterResume
  } catch (error) {
    if (error instanceof ApiError && error.response.status === 404) return 'gone'
    if (mayPass(error)) return null
    throw error
  }
}

function atMostEvery(ms: number, act: () => void): () => void {
  let last = Date.now()
  return () => {
    if (Date.now() - last < ms) return
    last = Date.now()
    act()
  }
}
