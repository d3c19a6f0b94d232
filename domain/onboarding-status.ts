// Everything a status page may say about a customer, as schemas, and the types drawn from them; free of personal data.

import { z } from 'zod'
import { ATTENTION_REASONS } from './attention.ts'
import { FIELD_NAMES } from './fields.ts'
import { FIELD_STATES, PHASES, STEPS } from './onboarding.ts'

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
  })
  .meta({ id: 'Attention', description: 'One reason why a customer waits for an operator; docs/errors.md has each.' })

/** One reason why a customer waits for an operator. */
export type Attention = z.output<typeof Attention>

const TimelineEntry = z
  .object({
    at: time,
    what: text,
    outcome: text,
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
        '`pending`: not sent yet. `written`: HubSpot has it. `kept`: HubSpot users’ value stays. `skipped`: not sent, since a newer value is there or the customer has left that organization. `rejected`: HubSpot rejects it.',
    }),
    at: z.union([time, z.null()]).meta({ description: 'The event time of the value.' }),
  })
  .meta({ id: 'FieldStatus', description: 'One field, without its value.' })

export const OnboardingStatus = z.object({
  customerId: text,
  phase: z.enum(PHASES),
  attention: z.union([Attention, z.null()]).meta({ description: 'The most blocking of `parked`.' }),
  parked: z.array(Attention),
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
  unknownEvents: z.int().meta({
    description: 'Events of a type that this version of the workflow does not know, kept for a newer version.',
  }),
  timeline: z.array(TimelineEntry),
})

/** The answer to the query `onboardingStatus`. Times are ISO 8601, ids are HubSpot's. */
export type OnboardingStatus = z.output<typeof OnboardingStatus>
