// Everything a status page may say about a customer, as schemas, and the types drawn from them; free of personal data.

import { z } from 'zod'
import { ATTENTION_REASONS } from './attention.ts'
import { FIELD_NAMES } from './fields.ts'
import { ANSWERED_BY, FIELD_STATES, PHASES, STEPS } from './onboarding.ts'

const time = z.iso.datetime()
const text = z.string()

const Attention = z
  .object({
    reason: z.enum(ATTENTION_REASONS),
    step: z.enum(STEPS),
    since: time,
    message: text.meta({ description: 'What happened and what to do.' }),
    fields: z
      .array(text)
      .optional()
      .meta({ description: 'The rejected fields, in the product’s words, when HubSpot named them.' }),
    nextAttemptAt: time
      .optional()
      .meta({ description: 'When onramp tries again by itself, if it does. A resume tries again at once.' }),
  })
  .meta({ id: 'Attention', description: 'One reason why a customer waits for an operator; docs/errors.md has each.' })

/** One reason why a customer waits for an operator. */
export type Attention = z.output<typeof Attention>

const PendingStep = z.object({
  step: z.enum(STEPS),
  since: time,
  isLate: z.boolean(),
})

/** A step that a regular activity does at present. `isLate`: an attempt has failed, or none has ended for some seconds. */
export type PendingStep = z.output<typeof PendingStep>

export const Waiting = z
  .object({
    step: z.enum(STEPS),
    since: time,
    attempts: z.int().meta({ description: 'How often onramp has tried, including an attempt that is on its way.' }),
    nextAttemptAt: z
      .union([time, z.null()])
      .meta({ description: '`null` while an attempt is on its way, or somebody has paused the activity in Temporal.' }),
    answeredBy: z.union([z.enum(ANSWERED_BY), z.null()]).meta({
      description:
        'Who answered the last attempt: `hubspot`; `temporal`, which ends an attempt whose worker gives no sign of life; `onramp`, which sent nothing or failed by itself. `null` when nobody has answered.',
    }),
    status: z.union([z.int(), z.null()]).meta({ description: 'HubSpot’s status, such as 503.' }),
    category: z.union([text, z.null()]).meta({ description: 'HubSpot’s word for the error, such as `RATE_LIMITS`.' }),
    message: text.meta({ description: 'What came of the last attempt.' }),
  })
  .meta({
    id: 'Waiting',
    description:
      'A step that is retried, or has had no answer for some seconds. It continues by itself, unless somebody has paused it in Temporal.',
  })

/** A step that waits for an answer, as operators see it. */
export type Waiting = z.output<typeof Waiting>

const TimelineEntry = z
  .object({
    at: time,
    what: text,
    outcome: text,
    fields: z.array(z.enum(FIELD_NAMES)).optional().meta({
      description:
        'The fields that HubSpot has by this step or has rejected, or that the command is about; never their values.',
    }),
    by: text.optional().meta({ description: 'The name of the operator token that gave the command.' }),
    correlationId: text.optional().meta({ description: 'Finds the call in HubSpot’s logs.' }),
    note: text.optional().meta({ description: 'Something that an operator may want to know about it.' }),
  })
  .meta({ id: 'TimelineEntry', description: 'One line of a customer’s timeline.' })

/** One line of a customer's timeline. */
export type TimelineEntry = z.output<typeof TimelineEntry>

const FieldStatus = z
  .object({
    state: z.enum(FIELD_STATES).meta({
      description:
        '`pending`: not sent yet, or sent without a response and not read back yet. `written`: HubSpot has taken it. `kept`: HubSpot has a value of HubSpot users, which stays. `skipped`: not sent, since a newer value is there or the customer has left that organization. `rejected`: HubSpot rejects it.',
    }),
    at: z.union([time, z.null()]).meta({ description: 'The event time of the value.' }),
  })
  .meta({ id: 'FieldStatus', description: 'One field, without its value.' })

export const OnboardingStatus = z.object({
  customerId: text,
  phase: z.enum(PHASES),
  attention: z.union([Attention, z.null()]).meta({ description: 'The most blocking of `parked`.' }),
  parked: z.array(Attention),
  pendingStep: z.union([PendingStep, z.null()]),
  hubspot: z
    .object({
      contactId: text.nullable(),
      companyId: text.nullable(),
      contactUrl: text.nullable(),
      companyUrl: text.nullable(),
      contactOutcome: z.union([z.enum(['created', 'existed']), z.null()]),
      companyOutcome: z.union([z.enum(['created', 'existed', 'adopted']), z.null()]),
    })
    .meta({ description: 'HubSpot’s ids and addresses of the two records, and whether onramp created them.' }),
  fields: z.partialRecord(z.enum(FIELD_NAMES), FieldStatus),
  lastEventAt: z.union([time, z.null()]),
  lastWrittenAt: z.union([time, z.null()]),
  malformedEvents: z.int().meta({ description: 'Signals that could not be understood: noted, without effect.' }),
  lateEvents: z.int().meta({ description: 'Events that came after the erasure was requested: without effect.' }),
  unknownEvents: z.int().meta({
    description: 'Events of a type that this version of the workflow does not know, kept for a newer version.',
  }),
  timeline: z.array(TimelineEntry),
})

/** The answer to the query `onboardingStatus`. Times are ISO 8601, ids are HubSpot's. */
export type OnboardingStatus = z.output<typeof OnboardingStatus>
