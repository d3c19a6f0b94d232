// Counts what a workflow costs Temporal, from its history.

import type { WorkflowHandle } from '@temporalio/client'

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number]

export interface HistoryCost {
  events: number
  workflowTasks: number
  activities: number
  localActivities: number
  timers: number
  searchAttributeUpserts: number
  signals: number
  /** Billable actions of Temporal Cloud. Queries and heartbeats are not in a history. */
  cloudActions: number
}

/**
 * Counts by the rules of docs.temporal.io/cloud/actions, one action each: a start, a signal (a signal with start is one in all), an
 * update, a timer, a command that upserts search attributes, each attempt of an activity, and all local activities of one
 * workflow task together.
 */
export function historyCost(history: HistoryEvent[]): HistoryCost {
  const count = (isCounted: (event: HistoryEvent) => unknown) => history.filter(isCounted).length
  const markers = history.flatMap(({ markerRecordedEventAttributes: marker }) =>
    marker?.markerName === 'core_local_activity' ? [String(marker.workflowTaskCompletedEventId)] : [],
  )
  const attempts = history.reduce((sum, event) => sum + (event.activityTaskStartedEventAttributes?.attempt ?? 0), 0)
  const [first, second] = history
  const isStartAlone =
    first?.workflowExecutionStartedEventAttributes && !second?.workflowExecutionSignaledEventAttributes

  const timers = count((event) => event.timerStartedEventAttributes)
  const searchAttributeUpserts = count((event) => event.upsertWorkflowSearchAttributesEventAttributes)
  const signals = count((event) => event.workflowExecutionSignaledEventAttributes)
  const updates = count((event) => event.workflowExecutionUpdateAcceptedEventAttributes)
  return {
    events: history.length,
    workflowTasks: count((event) => event.workflowTaskCompletedEventAttributes),
    activities: count((event) => event.activityTaskScheduledEventAttributes),
    localActivities: markers.length,
    timers,
    searchAttributeUpserts,
    signals,
    cloudActions:
      (isStartAlone ? 1 : 0) + signals + updates + timers + searchAttributeUpserts + attempts + new Set(markers).size,
  }
}
