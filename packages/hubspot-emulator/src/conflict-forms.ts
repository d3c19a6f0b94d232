// The response bodies that HubSpot has used for a duplicate over the years. README.md lists the letter of each body.

import type { ApiResponse } from './api-response.ts'
import { CONFLICT_FORMS, type ConflictForm } from './settings.ts'

export interface Conflict {
  existingId: string
  email: string
  portalId: number
  correlationId: string
}

export const isConflictForm = (form: unknown): form is ConflictForm => CONFLICT_FORMS.some((letter) => letter === form)

export function conflictResponse(form: ConflictForm, conflict: Conflict): ApiResponse {
  const { existingId, email, portalId, correlationId } = conflict
  const body = (message: string, more: Record<string, unknown> = {}): ApiResponse => ({
    status: 409,
    body: { status: 'error', message, correlationId, category: 'CONFLICT', ...more },
  })
  switch (form) {
    case 'a':
      // [R] 2019, contacts v1: the whole profile, with the id as a number.
      return {
        status: 409,
        body: {
          status: 'error',
          message: 'Contact already exists',
          correlationId,
          identityProfile: {
            vid: Number(existingId),
            identity: [
              { value: email, type: 'EMAIL', timestamp: 1_567_090_216_000, isPrimary: true },
              { value: '29a62a20-4ec4-4d2f-a6f0-0d8b0a6a0f9e', type: 'LEAD_GUID', timestamp: 1_567_090_216_000 },
            ],
            linkedVid: [],
            isContact: true,
            savedAtTimestamp: 1_567_090_216_000,
          },
          error: 'CONTACT_EXISTS',
          requestId: correlationId,
        },
      }
    case 'i':
      // [R] as a row of a batch; [I] for a single create.
      return body(`Contact already exists. Existing ID: ${existingId}`, { context: { existingId: [existingId] } })
    case 'j':
      // [R] 2025: no id.
      return body('Contact already exists')
    case 'l':
      // [C] Several code bases look for this text; no body was recorded.
      return body(`Company already exists. Existing ID: ${existingId}`)
    case 'm':
      // [R] A custom unique property: status 400 and two ids. The record with the second id has the value.
      return {
        status: 400,
        body: {
          status: 'error',
          message: `Cannot set PropertyValueCoordinates{portalId=${portalId}, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}, propertyName=email, value=${email}} on ${Number(existingId) + 1}. ${existingId} already has that value.`,
          correlationId,
          category: 'VALIDATION_ERROR',
        },
      }
    case 'n':
      // [R] The body for a property definition.
      return {
        status: 409,
        body: {
          status: 'error',
          message: "A property named 'email' already exists.",
          correlationId,
          category: 'OBJECT_ALREADY_EXISTS',
          subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
        },
      }
    case 'b':
    case 'c':
    case 'd':
    case 'e':
    case 'f':
    case 'g':
    case 'h':
    case 'k':
      // [R] Several independent recordings have this text, from 2021 to 2026, for single and batch calls.
      return body(`Contact already exists. Existing ID: ${existingId}`)
  }
}
