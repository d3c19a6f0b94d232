// What a worker reports of a customer, for its log and its metrics; free of personal data.

import type { AttentionReason } from './attention.ts'
import type { Phase, Step } from './onboarding.ts'

/** The commands of operators that reach an onboarding. */
export type Command = 'resume' | 'resume-all' | 'correct' | 'resync' | 'erase' | 'lift-erasure'

export type Progress =
  | { what: 'phase'; phase: Phase }
  /** Company, contact and association are there for the first time. `registeredAt`: the event time, in milliseconds since the epoch. */
  | { what: 'onboarded'; registeredAt: number }
  /** HubSpot has values of the events with these times. */
  | { what: 'written'; eventTimes: number[] }
  | {
      what: 'parked'
      step: Step
      reason: AttentionReason
      fields: string[]
      /** The CRM's own words for what is wrong; empty when it sent none. */
      codes: string[]
      /** As in the status: it names HubSpot's codes, never a value. */
      message: string
      correlationId: string | null
    }
  /** `by`: the name of the operator's token; `null` for a token without a name. */
  | { what: 'command'; command: Command; by: string | null }
