// G11 · Log lines have only fields that cannot hold personal data, for any input of the logger.

import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { causeOf } from '../platform/error-cause.ts'
import { createLogger, terminalLines } from '../platform/logger.ts'
import type { LogFields } from '../platform/logger.ts'
import { guardConsole } from '../platform/output-guard.ts'
import { temporalLogger } from '../worker/temporal-logger.ts'
import { HubSpotError } from '../hubspot/client/hubspot-error.ts'

function aLogger(level = 'trace') {
  const lines: Record<string, unknown>[] = []
  const logger = createLogger('test', level, {
    write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
  })
  return { logger, lines }
}

describe('G11 · the logger', () => {
  it('keeps ids, numbers and codes', () => {
    const { logger, lines } = aLogger()
    const fields = {
      customerId: 'cus_1',
      workflowId: 'onboarding/cus_1',
      attempt: 2,
      isLocal: true,
      fields: ['data.email'],
      codes: ['INVALID_EMAIL'],
    }
    logger.debug(fields, 'a sentence')
    expect(lines).toEqual([
      {
        level: 'debug',
        time: expect.any(String) as string,
        part: 'test',
        host: hostname(),
        pid: process.pid,
        ...fields,
        msg: 'a sentence',
      },
    ])
  })

  it('drops every field that it does not know, at any level', () => {
    const { logger, lines } = aLogger()
    const fields = {
      email: 'canary',
      body: { phone: 'canary' },
      jobs: ['canary'],
      err: new Error('canary'),
      toString: 'canary',
    }
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
      logger[level](fields as LogFields, 'a sentence')
    }
    expect(lines).toHaveLength(6)
    expect(JSON.stringify(lines)).not.toContain('canary')
  })

  it('drops a value of another form than its field’s', () => {
    const { logger, lines } = aLogger()
    logger.warn(
      {
        customerId: 'canary@example.com',
        eventId: { canary: 1 },
        attempt: 'canary',
        isLocal: 'canary',
        fields: ['+1 canary'],
        codes: ['canary@example.com', { canary: 1 }],
      },
      'a sentence',
    )
    expect(JSON.stringify(lines)).not.toContain('canary')
  })

  it('writes lines for people on a terminal, with the same fields', () => {
    const lines: string[] = []
    const logger = createLogger('test', 'info', terminalLines({ write: (line) => lines.push(line) }))
    logger.warn({ customerId: 'cus_1', email: 'canary' } as LogFields, 'a sentence')
    const [line = ''] = lines
    expect(line).toMatch(/WARN.*a sentence/)
    expect(lines.join('')).toContain('cus_1')
    expect(lines.join('')).not.toMatch(/canary|[{]"/)
  })

  it('writes nothing below its level', () => {
    const { logger, lines } = aLogger('warn')
    logger.info('a sentence')
    expect(lines).toEqual([])
  })
})

describe('G11 · the logger of Temporal’s SDK', () => {
  it('keeps where something happened, and drops tasks, tokens and what a message quotes', () => {
    const { logger, lines } = aLogger()
    const temporal = temporalLogger(logger)
    temporal.trace('Got workflow activation', { runId: 'a-run', jobs: [{ signalWorkflow: { input: ['canary'] } }] })
    temporal.trace('Got activity task', {
      taskToken: 'canary',
      workflowId: 'onboarding/cus_1',
      activityType: 'createContact',
    })
    temporal.error('Error while processing ActivityTask.start: canary', { error: new Error('canary') })
    temporal.warn('[TMPRL1102] The following updates were unfinished: [{"name":"canary"}]', { args: 'canary' })
    temporal.warn('Activity failed', { error: new HubSpotError({ status: 500, headers: {}, text: 'canary' }) })
    expect(JSON.stringify(lines)).not.toContain('canary')
    expect(lines).toMatchObject([
      { level: 'trace', runId: 'a-run', msg: 'Got workflow activation' },
      { level: 'trace', workflowId: 'onboarding/cus_1', activityType: 'createContact', msg: 'Got activity task' },
      { level: 'error', cause: expect.stringMatching(/^Error at test\/logger\.test\.ts:\d+/) as string },
      { level: 'warn', msg: '[TMPRL1102] The following updates were unfinished' },
      { level: 'warn', cause: 'HubSpot answered 500', msg: 'Activity failed' },
    ])
  })
})

describe('G11 · the cause of an error', () => {
  it('is the name and the place of an error whose text may quote a value', () => {
    const parse = () => JSON.parse('{"email": canary@example.com}') as unknown
    expect(causeOf(thrownBy(parse))).toMatch(/^SyntaxError at test\/logger\.test\.ts:\d+:\d+/)
    expect(causeOf(thrownBy(parse))).not.toContain('canary')
  })

  it('has no line of the text, even one that looks like a place', () => {
    const error = new Error('canary\n    at canary (file:///canary.ts:1:1)\n    at file:///canary.ts:1:1')
    expect(causeOf(error)).not.toContain('canary')
    error.message = 'changed later'
    expect(causeOf(error)).toBe('Error')
  })

  it('is the text of an error of the operating system', async () => {
    const { readFile } = await import('node:fs/promises')
    const error: unknown = await readFile('/nowhere/at/all').catch((reason: unknown) => reason)
    expect(causeOf(error)).toBe("ENOENT: no such file or directory, open '/nowhere/at/all'")
  })

  it('says of a thrown value only that it is no error', () => {
    expect(causeOf('canary')).toBe('a thrown value that is no error')
    expect(causeOf({ name: 'HubSpotError', message: 'canary' })).toBe('a thrown value that is no error')
  })
})

describe('G11 · what a library writes to the console', () => {
  it('is a line of the log without its text', () => {
    const { logger, lines } = aLogger()
    const guarded = { ...console }
    guardConsole(logger, guarded)
    guarded.error('canary', { email: 'canary' }, new TypeError('canary'))
    guarded.log('canary')
    expect(lines).toMatchObject([
      {
        level: 'warn',
        cause: expect.stringMatching(/^TypeError at test\/logger/) as string,
        msg: 'a library has written to the console',
      },
      { level: 'warn', msg: 'a library has written to the console' },
    ])
    expect(JSON.stringify(lines)).not.toContain('canary')
  })
})

function thrownBy(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}
