// A refusal on its way to the caller: the form of a duplicate's body is a setting, the rest is written as it was thrown.

import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from './answer.ts'
import { conflictAnswer } from './conflict-forms.ts'
import { DuplicateContact } from './portal/writes.ts'
import { answerForStatus, notFoundPage } from './refusal-by-status.ts'
import { Refusal, refusalBody } from './refusal.ts'
import { WholeBatchConflict } from './routes/batch-create.ts'
import type { ConflictForm, EmulatorSettings } from './settings.ts'

interface Circumstances {
  settings: EmulatorSettings
  correlationId: string
  headers: IncomingHttpHeaders
}

/** An error that is no refusal is a mistake of the emulator's: it goes to the console, and the caller gets a 500. */
export function answerToRefusal(error: unknown, circumstances: Circumstances): Answer {
  const { settings, correlationId, headers } = circumstances
  if (error instanceof DuplicateContact) return duplicate(settings.conflictForm, error, circumstances)
  if (error instanceof WholeBatchConflict) {
    // [R] By default a whole batch is refused without any id, unlike a single contact.
    return duplicate(settings.conflictForm === 'b' ? 'j' : settings.conflictForm, error.conflict, circumstances)
  }
  if (!(error instanceof Refusal)) {
    console.error(error)
    return answerForStatus(500, correlationId)
  }
  // [R] A client that takes anything, as curl does, gets a page instead of HubSpot's shortest JSON.
  if (error.status === 404 && error.detail.category === undefined && headers.accept === '*/*') return notFoundPage()
  return { status: error.status, body: refusalBody(error, correlationId), headers: error.headers }
}

function duplicate(
  form: ConflictForm,
  { existingId, email }: DuplicateContact,
  { settings, correlationId }: Circumstances,
): Answer {
  return conflictAnswer(form, { existingId, email, portalId: settings.portalId, correlationId })
}
