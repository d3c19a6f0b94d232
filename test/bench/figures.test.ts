// The arithmetic of the bench: medians, ratios, calls, lost and doubled customers, the cost of a history.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { historyCost } from '../../dev/bench/actions.ts'
import { mergedOrder, percentile, printed, ratio, summaryOf, table } from '../../dev/bench/figures.ts'
import { callsBetween, lostAndDoubled } from '../../dev/bench/portal.ts'
import { markerOf, PERFORMANCE_PAGE, rowLines } from '../../dev/bench/report.ts'
import { ROWS } from '../../dev/bench/rows/all.ts'
import { parseStat, withChildren } from '../../dev/bench/usage.ts'

describe('a figure', () => {
  it('is the median of its rounds', () => {
    expect(summaryOf([9, 1, 2])).toEqual({ median: 2, rounds: [9, 1, 2] })
    expect(percentile([4, 1, 3, 2], 0.99)).toBe(4)
  })

  it('is missing when a round has no value, since the other rounds alone would look better', () => {
    expect(summaryOf([1, null, 2]).median).toBeNull()
  })

  it('has no ratio to a missing value or to 0', () => {
    expect(ratio(3, 2)).toBe(1.5)
    expect([ratio(3, null), ratio(null, 2), ratio(3, 0)]).toEqual([null, null, null])
  })

  it('is printed with three digits and its unit', () => {
    expect(printed(1234.5, 'ms')).toBe('1,235 ms')
    expect(printed(0.12345, 'calls')).toBe('0.123')
    expect(printed(7, 'count')).toBe('7')
    expect(printed(null, 's')).toBe('–')
  })
})

describe('the table of a row', () => {
  it('has a ratio when two apps are compared', () => {
    const seconds = { name: 'time', unit: 's' as const, apps: { onramp: summaryOf([1]), naive: summaryOf([4]) } }
    const result = { name: 'burst', title: '', options: '', seconds: 1, loadBefore: 0, figures: [seconds] }
    expect(rowLines({ ...result, apps: ['onramp', 'naive'] })).toEqual(
      table([
        ['figure', 'onramp', 'naive', 'ratio'],
        ['time', '1 s', '4 s', '0.25 ×'],
      ]),
    )
    expect(rowLines({ ...result, apps: ['onramp'] })[0]).toMatch(/^\| figure \| onramp \|$/)
  })

  it('keeps calls that only one app makes beside the calls that both make', () => {
    const onramp = ['calls', 'GET contacts', 'POST contacts', 'time']
    expect(mergedOrder([onramp, ['calls', 'POST companies', 'POST contacts', 'time']])).toEqual([
      'calls',
      'POST companies',
      'GET contacts',
      'POST contacts',
      'time',
    ])
  })
})

describe('docs/performance.md', () => {
  const page = readFileSync(PERFORMANCE_PAGE, 'utf8')

  it.each(ROWS.map(({ name }) => name))(
    'has a place for the table of %s (`npm run bench -- --docs` fills it)',
    (name) => {
      expect(page).toContain(`<!-- ${markerOf(name)}:begin -->\n`)
      expect(page).toContain(`<!-- ${markerOf(name)}:end -->`)
    },
  )
})

describe('the calls between two measurements', () => {
  it('are counted by route, in every version of the API, and apart from answers of 429', () => {
    const before = { 'POST /crm/v3/objects/contacts 201': 5 }
    const after = {
      'POST /crm/v3/objects/contacts 201': 7,
      'POST /crm/objects/2026-09/contacts 201': 1,
      'POST /crm/v3/objects/contacts 429': 4,
      'PUT /crm/v4/objects/contacts/{id}/associations/default/companies/{toId} 200': 1,
      'PUT /crm/objects/2026-09/contact/{id}/associations/default/company/{toId} 200': 1,
      'POST /crm/associations/2026-09/contacts/companies/batch/read 207': 1,
    }
    expect(callsBetween(before, after)).toEqual({
      byRoute: {
        'POST contacts': 3,
        'PUT contacts/{id}/associations/default/companies/{toId}': 2,
        'POST associations/contacts/companies/batch/read': 1,
      },
      total: 6,
      over: 4,
    })
  })
})

describe('the customers in HubSpot', () => {
  const contact = (id: string, customerId: string) => ({
    id,
    archived: false,
    properties: { email: `${customerId}@people.example` },
  })
  const company = (id: string, customerId: string) => ({
    id,
    archived: false,
    properties: { name: `Company of ${customerId}` },
  })
  const association = (contactId: string, companyId: string) => ({ contactId, companyId, typeIds: [1] })

  it('are neither lost nor doubled with one contact, one company and their association', () => {
    const records = {
      contacts: [contact('1', 'cus_1')],
      companies: [company('2', 'cus_1')],
      associations: [association('1', '2')],
    }
    expect(lostAndDoubled(records, ['cus_1'])).toEqual({ lost: 0, doubled: 0 })
  })

  it('are lost without an association, and doubled by a second company that is associated too', () => {
    const records = {
      contacts: [contact('1', 'cus_1'), contact('3', 'cus_2')],
      companies: [company('2', 'cus_1'), company('4', 'cus_2'), company('5', 'cus_2')],
      associations: [association('3', '4'), association('3', '5')],
    }
    expect(lostAndDoubled(records, ['cus_1', 'cus_2', 'cus_3'])).toEqual({ lost: 2, doubled: 2 })
  })
})

describe('the cost of a history', () => {
  const marker = (workflowTaskCompletedEventId: number) => ({
    markerRecordedEventAttributes: {
      markerName: 'core_local_activity',
      workflowTaskCompletedEventId: workflowTaskCompletedEventId as never,
    },
  })

  it('counts a signal with start as one action, and the local activities of one workflow task as one', () => {
    const history = [
      { workflowExecutionStartedEventAttributes: {} },
      { workflowExecutionSignaledEventAttributes: {} },
      { workflowTaskCompletedEventAttributes: {} },
      marker(3),
      marker(3),
      { upsertWorkflowSearchAttributesEventAttributes: {} },
      { timerStartedEventAttributes: {} },
    ]
    expect(historyCost(history)).toMatchObject({ events: 7, workflowTasks: 1, localActivities: 2, cloudActions: 4 })
  })

  it('counts a plain start and each attempt of an activity', () => {
    const history = [
      { workflowExecutionStartedEventAttributes: {} },
      { workflowTaskScheduledEventAttributes: {} },
      { activityTaskScheduledEventAttributes: {} },
      { activityTaskStartedEventAttributes: { attempt: 3 } },
    ]
    expect(historyCost(history)).toMatchObject({ activities: 1, cloudActions: 4 })
  })
})

describe('the CPU time of a process', () => {
  it('is read behind a name with spaces and parentheses, with that of its children', () => {
    const line = '42 (node (a) b) S 1 17 17 0 -1 4194304 9 9 0 0 100 20 3 4 20 0 12 0 5 6 7'
    expect(parseStat(line)).toEqual({ parent: 1, group: 17, ticks: 127 })
  })

  it('is unknown when the line is not complete', () => {
    expect(parseStat('42 (node) S 1 17')).toBeNull()
  })

  it('is that of children too, whose groups are their own, as PostgreSQL’s', () => {
    const process = (pid: number, parent: number, group: number) => ({ pid, parent, group, ticks: 1 })
    const all = [process(9, 8, 9), process(7, 1, 7), process(8, 7, 8), process(5, 1, 7), process(4, 1, 4)]
    expect(withChildren(all, [7]).map(({ pid }) => pid)).toEqual([9, 7, 8, 5])
  })
})
