// The part of an error that a log line and a crash may show: its text only where no value of a customer can be in it (G11).

import { fileURLToPath } from 'node:url'
import { isGrpcServiceError } from '@temporalio/client'

// Their messages are sentences of onramp or of Temporal's SDK. By name, since platform/ imports neither hubspot/ nor the worker's SDK.
const PLAIN_MESSAGES = new Set([
  'CrmFailure',
  'CrmRejection',
  'HubSpotError',
  'Problem',
  'ConfigProblems',
  'ApplicationFailure',
  'ActivityFailure',
  'CancelledFailure',
  'ServerFailure',
  'TerminatedFailure',
  'TimeoutFailure',
  'ServiceError',
  'TransportError',
])

const FRAMES = 5
const FRAME = /^\s+at (?:(?:async )?[\w.<>[\]# ]{1,100} \()?((?:file:\/\/|node:|\/|[A-Z]:\\)\S{1,300}:\d+:\d+)\)?$/
const ROOT = new URL('..', import.meta.url)

/**
 * The cause of an error for operators. The text of most errors may quote what was parsed, such as that of `JSON.parse`. Of those
 * errors only the name, the code and the places in the code are shown.
 */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'a thrown value that is no error'
  if (PLAIN_MESSAGES.has(error.name) || isSystemError(error) || isGrpcServiceError(error)) return error.message
  const { code } = error as { code?: unknown }
  const name = [error.name, code].filter(isWord).join(' ') || 'Error'
  return [name, ...framesOf(error)].join(' at ')
}

/** An error of the operating system names a call, an address or a file: `connect ECONNREFUSED 127.0.0.1:7233`. */
function isSystemError(error: Error): boolean {
  return 'syscall' in error && 'code' in error && isWord(error.code)
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z_]\w{0,60}$/.test(value)
}

function framesOf({ message, stack = '' }: Error): string[] {
  // The stack begins with the message, which may have several lines. Without it nobody knows where the frames begin.
  const start = stack.indexOf(message)
  if (start === -1) return []
  const lines = stack.slice(start + message.length).split('\n')
  const places = lines.map((line) => FRAME.exec(line)?.[1]).filter((place) => place !== undefined)
  return places.slice(0, FRAMES).map((place) => place.replace(ROOT.href, '').replace(fileURLToPath(ROOT), ''))
}
