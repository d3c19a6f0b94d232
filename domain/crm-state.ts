// What one worker knows of HubSpot at a moment, for the console and the metrics; free of personal data.

/**
 * How HubSpot has answered a request. `none`: no response came. Any other status, such as 302, comes from a gateway and counts as
 * `5xx`.
 */
export type AnswerClass = '2xx' | '4xx' | '429' | '5xx' | 'none'

/** The limit that a 429 is about. */
export type LimitPolicy = 'second' | 'ten-seconds' | 'day'

/** The quota as HubSpot's headers and the worker's own calls show it, without the reserve for the portal's other apps. */
export interface QuotaState {
  /** `limit`: HubSpot's own, in rolling ten seconds. `left`: how many of it this worker may send now. */
  tenSeconds: { limit: number; left: number }
  /**
   * `limit` and `left` are `null` until HubSpot has named them; `left` is `null` again an hour later, and after the portal's midnight.
   * `resetsAt` is `null` until the portal's time zone is known.
   */
  day: { limit: number | null; left: number | null; isReached: boolean; resetsAt: string | null }
}

/** The view of one worker process. Times are ISO 8601. */
export interface CrmState {
  /** `open`: HubSpot rejects the token, so that all calls but the probes are stopped. It starts closed, since the start of the process. */
  circuit: { state: 'closed' | 'open'; since: string }
  /** Since when HubSpot is unavailable; `null` while it answers. */
  outageSince: string | null
  /** How many calls wait for quota, by priority. `first`: onramp's own probes. */
  waiting: { first: number; live: number; bulk: number }
  /** How long the oldest of them has waited; `null` when none waits. */
  oldestWaitMs: number | null
  /** Requests that HubSpot has not answered yet; a batch counts as one. */
  inFlight: number
  quota: QuotaState
  /** How often HubSpot has answered 429 since the process started, by the limit. */
  limited: Record<LimitPolicy, number>
  /** HubSpot's answers in the last sixty seconds. */
  answers: Record<AnswerClass, number>
  /** Kinds of call, such as `contact.update`, that wait since HubSpot answers 403 to them for several customers. */
  forbiddenKinds: string[]
}

/** The view of the worker that answered. `worker` is its identity in Temporal. */
export interface CrmStateOfWorker {
  worker: string
  state: CrmState
}

/** The port between the workflow `crmState` and its activity. */
export interface CrmStates {
  readCrmState(): Promise<CrmStateOfWorker>
}
