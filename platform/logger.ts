// The logger of a process: JSON lines of fields that cannot hold personal data or a secret, at every level (G11).

import { hostname } from 'node:os'
import { Writable } from 'node:stream'
import pino from 'pino'
import pretty from 'pino-pretty'

// An identifier, such as `onboarding/cus_1`, `POST` or `/v1/customers/:customerId`. No name, address or phone number is one.
const IDENTIFIER = /^[A-Za-z0-9._:/*-]{1,300}$/
const SENTENCE_CHARACTERS = 1_000
const LIST_ENTRIES = 30

type Check = (value: unknown) => unknown

const identifier: Check = (value) => (typeof value === 'string' && IDENTIFIER.test(value) ? value : undefined)
const number: Check = (value) => (Number.isFinite(value) ? value : undefined)
const flag: Check = (value) => (typeof value === 'boolean' ? value : undefined)
const sentence: Check = (value) => (typeof value === 'string' ? value.slice(0, SENTENCE_CHARACTERS) : undefined)
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value)
      ? value
          .slice(0, LIST_ENTRIES)
          .map(check)
          .filter((each) => each !== undefined)
      : undefined

/** Every field that a log line may have. Any other field is dropped, so that no object of a library reaches the log as a whole. */
const FIELDS = {
  // Sentences come from our own code or from `causeOf` (error-cause.ts), never from a request or a response.
  cause: sentence,
  problems: listOf(sentence),

  address: identifier,
  port: number,
  requestId: identifier,
  method: identifier,
  // The pattern of a route, not the path of a request.
  path: identifier,
  code: identifier,
  grpcCode: number,
  eventId: identifier,
  eventType: identifier,
  customerId: identifier,
  fields: listOf(identifier),
  codes: listOf(identifier),
  phase: identifier,
  step: identifier,
  reason: identifier,
  correlationId: identifier,
  command: identifier,
  // The name of an operator's token, never the token.
  by: identifier,

  version: identifier,
  portalId: identifier,
  apiVersion: identifier,
  // The names of settings, never their values.
  settings: listOf(identifier),
  hasEnvFile: flag,

  kind: identifier,
  limit: identifier,
  count: number,
  seconds: number,
  minutesToMidnight: number,
  deploymentName: identifier,
  buildId: identifier,
  keyId: identifier,

  // Of Temporal's SDK. Its other fields hold whole tasks (`jobs`), task tokens and options.
  taskQueue: identifier,
  namespace: identifier,
  workflowId: identifier,
  workflowType: identifier,
  runId: identifier,
  activityId: identifier,
  activityType: identifier,
  attempt: number,
  isLocal: flag,
  durationMs: number,
  sdkComponent: identifier,
  state: identifier,
  size: identifier,
} satisfies { [name: string]: Check }

type FieldName = keyof typeof FIELDS

/** The fields of a log line. A value of another form than its field's is dropped, too. */
export type LogFields = { [name in FieldName]?: unknown }

type Log = (...line: [fields: LogFields, message: string] | [message: string]) => void

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
/** The message of a line is a sentence of our own code. */
export type Logger = { [level in (typeof LEVELS)[number]]: Log }

/**
 * On a terminal the lines are for people, anywhere else JSON.
 *
 * @param part the process that logs, such as `worker`
 * @param level the minimum level
 * @param destination where the lines go; by default the standard output
 */
export function createLogger(
  part: string,
  level: string,
  destination: pino.DestinationStream | undefined = process.stdout.isTTY ? terminalLines() : undefined,
): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { part, host: hostname(), pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  }
  const lines = destination === undefined ? pino(options) : pino(options, destination)
  const logAt =
    (at: (typeof LEVELS)[number]): Log =>
    (...line) => {
      if (!lines.isLevelEnabled(at)) return
      if (line.length === 1) lines[at](line[0])
      else lines[at](knownFields(line[0]), line[1])
    }
  return Object.fromEntries(LEVELS.map((at) => [at, logAt(at)])) as Logger
}

/** @param destination where the lines for people go; by default the standard output */
export function terminalLines(destination?: pino.DestinationStream): pino.DestinationStream {
  return pretty({
    colorize: destination === undefined,
    ignore: 'host,pid',
    // The last lines before the end of the process must be there.
    sync: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ...(destination && { destination: streamTo(destination) }),
  })
}

function streamTo(destination: pino.DestinationStream): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      destination.write(chunk.toString())
      done()
    },
  })
}

function knownFields(fields: LogFields): Record<string, unknown> {
  const known: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (Object.hasOwn(FIELDS, name)) known[name] = FIELDS[name as FieldName](value)
  }
  return known
}
