// The overview: the scenario with the number of customers in each state, what needs attention, HubSpot and Temporal.

import { html } from 'hono/html'
import type { CrmStateOfWorker } from '../../domain/crm-state.ts'
import type { Phase } from '../../domain/onboarding.ts'
import type { AttentionCounts } from '../contract/attention.ts'
import type { PhaseCounts } from '../temporal/phase-counts.ts'
import type { TaskQueueState } from '../temporal/task-queue.ts'
import { hubSpotCard } from './hubspot-card.ts'
import type { Html } from './markup.ts'
import type { Snapshot } from './live.ts'
import { beside, scenario } from './picture.ts'
import type { Place } from './picture.ts'
import { ageOf } from './stale.ts'
import { stuckLine } from './stuck.ts'
import type { Parts } from './streams.ts'
import { badge, duration, number, outside, plural, REASON_WORDS } from './words.ts'
import type { Tone } from './words.ts'

/** Everything that the overview shows. */
export interface Overview {
  counts: Snapshot<PhaseCounts>
  attention: Snapshot<AttentionCounts>
  taskQueue: Snapshot<TaskQueueState>
  /** `null` while no worker says. */
  hubSpot: CrmStateOfWorker | null
  eventsAMinute: number
  /** The address of the stuck workflows in the Temporal UI; `null` when there is none. */
  stuckList: string | null
}

export function overviewParts({ value, at, failure }: Snapshot<Overview>): Parts {
  if (value === null) {
    return { stale: ageOf(at, failure), picture: html``, attention: html``, hubspot: html``, temporal: html`` }
  }
  const { counts, attention, taskQueue, hubSpot, eventsAMinute, stuckList } = value
  const snapshots = [{ at, failure }, counts, attention, taskQueue]
  const failed = snapshots.find((each) => each.failure !== null)
  const oldest = snapshots.toSorted((one, other) => (one.at ?? Infinity) - (other.at ?? Infinity))[0]
  return {
    stale: failed === undefined ? ageOf(oldest?.at ?? null, null) : ageOf(failed.at, failed.failure),
    picture: picture(counts.value, attention.value, eventsAMinute),
    attention: attentionCard(attention.value),
    hubspot: hubSpotCard(hubSpot, counts.value?.waiting ?? 0),
    temporal: temporalCard(taskQueue.value, counts.value?.stuck ?? null, stuckList),
  }
}

export function overviewPage(parts: { [id: string]: Html }): Html {
  return html`
    <h1>Overview</h1>
    ${parts['stale']}
    <section aria-labelledby="way">
      <h2 id="way">Every customer on the way into HubSpot</h2>
      ${parts['picture']}
    </section>
    <div class="cards">${parts['attention']} ${parts['hubspot']} ${parts['temporal']}</div>
  `
}

/** While Temporal counts very many customers for the first time, there are no numbers. */
function picture(counts: PhaseCounts | null, attention: AttentionCounts | null, events: number): Html {
  const list = (query: string) => `/console/customers?${query}`
  const figure = (count: number | undefined, tone: Tone): Pick<Place, 'mark' | 'tone'> => ({
    mark: count === undefined ? '…' : number(count),
    tone: count ? tone : 'plain',
  })
  const phase = (name: Phase, title: string, note: string, tone: Tone = 'busy'): Place => ({
    title,
    note,
    ...figure(counts?.phases[name], tone),
    href: list(`phase=${name}&runs=open`),
    testId: `phase-${name}`,
  })
  return html`
    ${scenario('The way of a customer', {
      register: {
        title: 'Register',
        ...figure(events, 'busy'),
        note: 'events in the last minute, at this API process',
        href: '/console/customers',
        testId: 'events-a-minute',
      },
      company: phase('company', 'Company', 'find or create'),
      contact: phase('contact', 'Contact', 'create'),
      existing: {
        title: 'Existing contact',
        mark: '',
        tone: 'plain',
        note: 'HubSpot has the address: the contact is verified, then claimed',
      },
      association: phase('association', 'Association', 'contact with company'),
      sync: phase('onboarded', 'Kept in sync', 'onboarded', 'good'),
    })}
    ${beside('Beside the way', [
      phase('awaiting-registration', 'Awaiting registration', 'updates came first', 'warn'),
      {
        title: 'Parked',
        ...figure(attention?.customers, 'bad'),
        note: 'an operator decides',
        href: '/console/attention',
        testId: 'phase-parked',
      },
      {
        title: 'Waiting',
        ...figure(counts?.waiting, 'warn'),
        note: 'retried by itself',
        href: list('waiting=any&runs=open'),
        testId: 'waiting-count',
      },
      phase('erasing', 'Erasing', 'in HubSpot and here'),
      phase('erased', 'Erased', 'nothing personal is left', 'plain'),
      {
        title: 'Completed',
        ...figure(counts?.completed, 'plain'),
        note: 'idle runs that Temporal keeps',
        href: list('runs=completed'),
        testId: 'completed',
      },
    ])}
  `
}

function attentionCard(counts: AttentionCounts | null): Html {
  if (counts === null)
    return html`<article class="card">
      <h2>Needs attention</h2>
      <p>Temporal is counting …</p>
    </article>`
  const { customers, attention, stuck } = counts
  return html`<article class="card">
    <h2>Needs attention</h2>
    <p class="figure">
      <a href="/console/attention"><strong data-testid="attention-count">${number(customers)}</strong></a>
      ${customers === 0 ? 'customers: nobody waits for you' : customers === 1 ? 'customer waits for you' : 'customers wait for you'}
    </p>
    ${
      attention.length === 0
        ? ''
        : html`<ul class="plain">
            ${attention.map(
              ({ reason, count }) =>
                html`<li>
                  <a href="/console/attention#${reason}">${REASON_WORDS[reason]}</a> ${badge(number(count), 'bad')}
                </li>`,
            )}
          </ul>`
    }
    ${stuckLine(stuck)}
  </article>`
}

function temporalCard(taskQueue: TaskQueueState | null, stuck: number | null, stuckList: string | null): Html {
  if (taskQueue === null)
    return html`<article class="card">
      <h2>Temporal</h2>
      <p>Temporal has not answered so far.</p>
    </article>`
  const { workflow, activity, workers, workersOfOtherVersions } = taskQueue
  const row = (name: string, { backlog, backlogSeconds }: TaskQueueState['workflow']) =>
    html`<dt>${name}</dt>
      <dd>
        ${backlog === 0 ? 'no backlog' : `${plural(backlog, 'task')} not taken, the oldest for ${duration(backlogSeconds)}`}
      </dd>`
  return html`<article class="card">
    <h2>
      Temporal ${workers.length === 0 ? badge('no worker', 'bad') : badge(plural(workers.length, 'worker'), 'good')}
    </h2>
    <dl>
      ${row('Workflow tasks', workflow)} ${row('Activity tasks', activity)}
      ${
        stuck === null
          ? ''
          : html`<dt>Failing workflows</dt>
              <dd>
                ${stuck === 0 ? 'none' : badge(number(stuck), 'bad')}
                ${stuck === 0 || stuckList === null ? '' : outside(stuckList, 'in the Temporal UI')}
              </dd>`
      }
      <dt>Workers</dt>
      <dd>${workers.length > 0 ? workers.join(', ') : noWorker(workersOfOtherVersions)}</dd>
      ${
        workersOfOtherVersions.length === 0
          ? ''
          : html`<dt>Workers of other versions</dt>
              <dd>${workersOfOtherVersions.join(', ')}</dd>`
      }
    </dl>
  </article>`
}

function noWorker(workersOfOtherVersions: string[]): string {
  return workersOfOtherVersions.length === 0
    ? 'none polls the task queue: start one with npm run worker'
    : 'none of the current version polls the task queue, so no new customer starts: npm run promote -- --check says which version that is'
}
