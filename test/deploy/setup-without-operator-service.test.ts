// `npm run setup` on a Temporal that lets onramp create no search attributes, such as Temporal Cloud.

import { randomUUID } from 'node:crypto'
import type { Connection } from '@temporalio/client'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { startEmulator } from 'hubspot-emulator/server'
import { NO_KEYS } from '../../platform/payloads/key-ring.ts'
import { createClient, GRPC } from '../../platform/temporal.ts'
import { startHubSpot } from '../support/installation.ts'
import { ownNamespace } from '../support/namespace.ts'
import { startProcess } from '../support/process.ts'
import { temporalWithout } from '../support/temporal-proxy.ts'

const OPERATOR_SERVICE = 'temporal.api.operatorservice.v1.OperatorService'

/** A namespace without our search attributes. */
async function bareNamespace(): Promise<string> {
  const namespace = `bare-${randomUUID()}`
  const client = createClient({ connectionOptions: { address: inject('temporalAddress') }, namespace }, NO_KEYS)
  onTestFinished(() => client.connection.close())
  const { workflowService } = client.connection as Connection
  await workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 } as never,
  })
  // The services of the server learn of a new namespace one after the other.
  await expect
    .poll(() =>
      client.workflow.count().then(
        () => 'there',
        () => 'unknown',
      ),
    )
    .toBe('there')
  return namespace
}

async function setup(namespace: string, status: number, ...args: string[]): Promise<{ code: unknown; output: string }> {
  const hubspot = await startEmulator()
  onTestFinished(() => hubspot.stop())
  const env = {
    HUBSPOT_BASE_URL: hubspot.url,
    HUBSPOT_CALLS_PER_10S: '100000',
    TEMPORAL_ADDRESS: await temporalWithout(OPERATOR_SERVICE, status),
    TEMPORAL_NAMESPACE: namespace,
  }
  const started = startProcess('worker/setup.ts', env, args)
  return { code: await started.ended, output: started.output() }
}

describe('the setup, where Temporal lets nobody create search attributes', () => {
  it('exits with 1, with the commands and the clicks that create them', async () => {
    const namespace = await bareNamespace()
    const { code, output } = await setup(namespace, GRPC.permissionDenied)
    expect(code).toBe(1)
    expect(output).toContain(`Temporal does not let onramp create search attributes in namespace ${namespace}.`)
    expect(output).toContain(
      `tcld namespace search-attributes add --namespace ${namespace} --sa "OnboardingPhase=Keyword" --sa "OnboardingAttention=KeywordList"`,
    )
    expect(output).toContain('OnboardingAttention of type KeywordList')
    expect(output).toContain(
      `temporal operator search-attribute create --namespace ${namespace} --name OnboardingPhase`,
    )
    expect(output).not.toContain('have all that onramp needs')
  })

  it('succeeds when they work already', async () => {
    const { code, output } = await setup(await ownNamespace(), GRPC.permissionDenied)
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(output).toContain('a query with each one works')
  })

  it('names each missing one with --check, and what HubSpot lacks as well', async () => {
    const { code, output } = await setup(await bareNamespace(), GRPC.unimplemented, '--check')
    expect(code).toBe(1)
    expect(output).toContain('Temporal has no search attribute OnboardingAttention (KeywordList) in namespace bare-')
    expect(output).toContain('HubSpot has no property onramp_company_key of companies.')
  })
})

describe('the setup with a wrong option', () => {
  it('names it, prints its options and exits with 2; --help prints them and exits with 0', async () => {
    const wrong = startProcess('worker/setup.ts', {}, ['--chek'])
    expect(await wrong.ended).toBe(2)
    expect(wrong.output()).toMatch(/^Unknown option '--chek'/)
    const help = startProcess('worker/setup.ts', {}, ['--help'])
    expect(await help.ended).toBe(0)
    for (const output of [wrong.output(), help.output()]) {
      expect(output).toContain('--check ')
      expect(output).not.toContain('    at ')
    }
  })
})

describe('the setup with --check, where Temporal does not answer', () => {
  it('says so, and what HubSpot lacks as well', async () => {
    const hubspot = await startEmulator()
    onTestFinished(() => hubspot.stop())
    const env = { HUBSPOT_BASE_URL: hubspot.url, TEMPORAL_ADDRESS: '127.0.0.1:1' }
    const started = startProcess('worker/setup.ts', env, ['--check'])
    expect(await started.ended).toBe(1)
    expect(started.output()).toContain('Temporal does not say which search attributes it has:')
    expect(started.output()).toContain('HubSpot has no property onramp_company_key of companies.')
  })

  it('needs no Temporal with --hubspot-only', async () => {
    const { url } = await startHubSpot()
    const env = { HUBSPOT_BASE_URL: url, TEMPORAL_ADDRESS: '127.0.0.1:1' }
    const started = startProcess('worker/setup.ts', env, ['--check', '--hubspot-only'])
    expect(await started.ended).toBe(0)
    expect(started.output()).toContain('HubSpot has all that onramp needs.')
  })
})
