// Turns a thrown error into a response. The setting `conflictForm` decides the body for a duplicate contact.

import type { IncomingHttpHeaders } from 'node:http'
import type { ApiResponse } from './api-response.ts'
import { conflictResponse } from './conflict-forms.ts'
import { outlineOf } from './crash.ts'
import { DuplicateContact } from './portal/writes.ts'
import { responseForStatus, notFoundPage } from './errors-by-status.ts'
import { ApiError, errorBody } from './api-error.ts'
import { StorageFailed } from './persistence.ts'
import { WholeBatchConflict } from './routes/batch-create.ts'
import type { ConflictForm, EmulatorSettings } from './settings.ts'

interface ErrorContext {
  settings: EmulatorSettings
  correlationId: string
  headers: IncomingHttpHeaders
}

/** An error that is no `ApiError` is a bug of the emulator. The console shows its name and place, and the caller gets a 500. */
export function responseToError(error: unknown, context: ErrorContext): ApiResponse {
  const { settings, correlationId, headers } = context
  if (error instanceof DuplicateContact) return duplicate(settings.conflictForm, error, context)
  if (error instanceof WholeBatchConflict) {
    // [R] By default, the error for a whole batch names no id. The error for a single contact names one.
    return duplicate(settings.conflictForm === 'b' ? 'j' : settings.conflictForm, error.conflict, context)
  }
  if (error instanceof StorageFailed) return responseForStatus(503, correlationId)
  if (!(error instanceof ApiError)) {
    console.error(outlineOf(error))
    return responseForStatus(500, correlationId)
  }
  // [R] Some 404 bodies have only a message. A client that accepts any type, such as curl, gets an HTML page instead.
  if (error.status === 404 && error.detail.category === undefined && headers.accept === '*/*') return notFoundPage()
  return { status: error.status, body: errorBody(error, correlationId), headers: error.headers }
}

function duplicate(
  form: ConflictForm,
  { existingId, email }: DuplicateContact,
  { settings, correlationId }: ErrorContext,
): ApiResponse {
  return conflictResponse(form, { existingId, email, portalId: settings.portalId, correlationId })
}
