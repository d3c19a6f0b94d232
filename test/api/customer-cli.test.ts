// `npm run customer`: the output for operators and for programs, and the exit code of each command.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { OperatorApi } from '../../cli/client.ts'
import { parseCommandLine } from '../../cli/command-line.ts'
import type { CommandLine } from '../../cli/command-line.ts'
import { runCommand } from '../../cli/commands.ts'
import { onboardingId } from '../../domain/ids.ts'
import { testApi } from '../support/api.ts'
import { against, aScriptedApi, run, runApart, served } from '../support/customer-cli.ts'
import type { Ended, Scripted } from '../support/customer-cli.ts'
import { aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { HUBSPOT_CALLS, it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask, OPERATOR_TOKEN, WEBHOOK_SECRET } from '../support/sender.ts'

const UNKNOWN = 'cus_nobody'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onramp-customer-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('npm run customer -- status', () => {
  it('shows the phase of a customer, their records in HubSpot and the timeline', async ({ onramp }) => {
    await onramp.registered({}, { timestamp: '2026-11-24T09:00:00.000Z' })
    const { hubspot } = await onramp.reaches('onboarded')

    const { output, exitCode } = await against(onramp, ['status', onramp.customerId])
    expect(exitCode).toBe(0)
    const lines = output.split('\n')
    expect(lines[0]).toBe(`${onramp.customerId}  onboarded`)
    expect(lines[1]).toBe(`  Contact       ${hubspot.contactId}  created  ${hubspot.contactUrl}`)
    expect(output).toContain('Nothing is parked.')
    expect(lines).toContainEqual(expect.stringMatching(/^email +written +2026-11-24T09:00:00\.000Z$/))
    expect(lines).toContainEqual(expect.stringMatching(/^\S+Z +contact +created +– +email firstName +\S+ +–$/))
    expect(lines).toContainEqual(expect.stringMatching(/^\S+Z +association +associated +– +– +\S+ +–$/))
  })

  it('shows why a customer is parked, and what to do', async ({ onramp }) => {
    await isParked(onramp)
    const { output } = await against(onramp, ['status', onramp.customerId])
    const [attention] = (await onramp.status()).parked
    expect(output).toContain(`PARKED\n  contact-of-another-customer at contact`)
    expect(output).toContain(`    ${attention?.message}`)
  })

  it('shows what a customer waits for, and that it continues by itself; list --waiting finds them', async ({
    onramp,
  }) => {
    const unavailable = { kind: 'status', status: 503 } as const
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: unavailable })
    await onramp.registered()
    const status = async () => (await against(onramp, ['status', onramp.customerId])).output
    await expect
      .poll(status)
      .toMatch(/^WAITING\n {2}at contact, since \S+Z, \d+ attempts? so far, .+\n {4}.*503.* \(answered by hubspot\)\./m)
    const list = async (step: string) => (await against(onramp, ['list', '--waiting', step, '--all'])).output
    await expect.poll(() => list('contact')).toContain(onramp.customerId)
    expect(await list('company')).not.toContain(onramp.customerId)
    expect(await status()).toContain('It continues by itself.')

    // A step that somebody has paused in Temporal has to be unpaused there.
    const { workflowService, options } = onramp.client
    const step = { namespace: options.namespace, execution: { workflowId: onboardingId(onramp.customerId) } }
    await workflowService.pauseActivity({ ...step, type: 'createContact', identity: 'somebody', reason: 'a try' })
    await expect
      .poll(status)
      .toMatch(/^ {4}Somebody has paused the activity in Temporal\. It continues once it is unpaused there\.$/m)
    const paused = await status()
    expect(paused).toMatch(/^WAITING\n {2}at contact, since \S+Z, \d+ attempts? so far$/m)
    expect(paused).not.toContain('It continues by itself')
  })

  it('prints the API’s response unchanged with --json', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const response = await ask(onramp.app, `/v1/customers/${onramp.customerId}`)
    const { output } = await against(onramp, ['status', onramp.customerId, '--json'])
    expect(output).toBe(`${await response.text()}\n`)
  })

  it('exits with 3 for a customer without an event', async ({ onramp }) => {
    const text = await against(onramp, ['status', UNKNOWN])
    expect(text.output).toMatch(/^404 No customer has this id\nonramp has received no event about this customer.*\n$/)
    expect(text.exitCode).toBe(3)
    const { output, exitCode } = await against(onramp, ['status', UNKNOWN, '--json'])
    expect(JSON.parse(output)).toMatchObject({ code: 'unknown-customer' })
    expect(exitCode).toBe(3)
  })
})

describe('npm run customer -- find', () => {
  it('finds a customer by an e-mail address, and by the id of the contact in HubSpot', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    const line = new RegExp(`^${onramp.customerId} +onboarded +–$`, 'm')
    for (const sought of ['Ada@Example.com', hubspot.contactId ?? '']) {
      const { output, exitCode } = await until(async () => await against(onramp, ['find', sought]), 'onboarded')
      expect(output).toMatch(line)
      expect(exitCode).toBe(0)
    }
  })

  it('exits with 3 when nobody has the address', async ({ onramp }) => {
    const { output, exitCode } = await against(onramp, ['find', 'nobody@example.com'])
    expect(output).toMatch(/^HubSpot has no contact of a customer with it\./)
    expect(exitCode).toBe(3)
  })
})

describe('npm run customer -- list', () => {
  it('shows the customers of a phase and of an attention reason', async ({ onramp }) => {
    await isParked(onramp)
    const line = new RegExp(`^${onramp.customerId} +contact +contact-of-another-customer$`, 'm')
    const listed = async (...filter: string[]) => (await against(onramp, ['list', '--all', ...filter])).output
    await expect.poll(() => listed('--attention', 'contact-of-another-customer')).toMatch(line)
    expect(await listed('--phase', 'contact')).toMatch(line)
    expect(await listed('--phase', 'onboarded')).not.toContain(onramp.customerId)
  })

  it('exits with 1 and says why when the API rejects the filter', async ({ onramp }) => {
    const { output, exitCode } = await against(onramp, ['list', '--phase', 'lost'])
    expect(output).toMatch(/^422 The query is not valid\n.*\n {2}phase: must be one of awaiting-registration/)
    expect(exitCode).toBe(1)
  })
})

describe('npm run customer -- correct', () => {
  it('corrects a value that HubSpot has, of a customer who is not parked', async ({ onramp }) => {
    await onramp.registered({ phone: '1' })
    await onramp.reaches('onboarded')
    const { output, exitCode } = await against(onramp, ['correct', onramp.customerId, '--set', 'phone=2'])
    expect(output).toMatch(/^phone of .* is corrected\. /)
    expect(exitCode).toBe(0)
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts).toMatchObject([{ phone: '2' }])
  })
})

describe('npm run customer -- resume', () => {
  it('resumes a parked customer with corrections', async ({ onramp }) => {
    await isParked(onramp)
    const corrections = ['--set', 'email=ada.lovelace@example.com', '--set', 'company.phone=1', '--set', 'firstName=']
    expect(await against(onramp, ['resume', onramp.customerId, ...corrections])).toEqual({
      output: `${onramp.customerId} is resumed with the corrections.\n`,
      exitCode: 0,
    })
    await onramp.reaches('onboarded')
    const { contacts, companies } = await recordsIn(onramp.portal)
    expect(contacts).toContainEqual(expect.objectContaining({ email: 'ada.lovelace@example.com' }))
    expect(contacts).not.toContainEqual(expect.objectContaining({ firstname: 'Ada' }))
    expect(companies).toEqual([expect.objectContaining({ phone: '1' })])
  })

  it('exits with 1 and names the field of a correction that is not valid', async ({ onramp }) => {
    await isParked(onramp)
    const { output, exitCode } = await against(onramp, ['resume', onramp.customerId, '--set', 'email=ada'])
    expect(output).toMatch(/^422 The correction is not valid\n.*\n {2}customer\.email: must be an e-mail address\n$/)
    expect(exitCode).toBe(1)
  })

  it('exits with 1 when nothing is parked', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const { output, exitCode } = await against(onramp, ['resume', onramp.customerId])
    expect(output).toContain('409 Nothing is parked\n')
    expect(exitCode).toBe(1)
  })
})

describe('npm run customer', () => {
  const itAlone = onrampWith({ namespace: 'own' })

  itAlone(
    'counts the parked customers as the list does, and says that the list is some moments old',
    async ({ onramp }) => {
      expect((await against(onramp, ['attention'])).output).toBe(
        'No customer is parked. Temporal’s list is some moments old; `status ID` is not.\n' +
          'Customers who wait for HubSpot are not parked: `list --waiting STEP` has them.\n',
      )
      await isParked(onramp)
      const { output } = await until(async () => await against(onramp, ['attention']), 'contact-of-another-customer')
      expect(output).toMatch(/contact-of-another-customer +all +1\ncontact-of-another-customer +contact +1\n/)
      expect(output).toMatch(/\n1 parked customer\. Temporal’s list is some moments old; `status ID` is not\.\n/)
      expect(output).toMatch(/\nIn the Temporal UI:\n {2}all: http\S+\n {2}contact-of-another-customer: http\S+\n$/)
      const parked = await against(onramp, ['status', onramp.customerId])
      expect(parked.output).toMatch(/^ {2}All who are parked for this reason: http\S+contact-of-another-customer\S+$/m)
      const list = await against(onramp, ['list', '--attention', 'contact-of-another-customer'])
      expect(list.output).toMatch(/\n1 customer\. Temporal’s list is some moments old; `status ID` is not\.\n$/)
    },
  )

  itAlone('lists the fields of a customer, writes them again, and erases the customer', async ({ onramp }) => {
    await onramp.registered({ phone: '2' })
    const { hubspot } = await onramp.reaches('onboarded')
    await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/contacts/${hubspot.contactId}`, {
      properties: { phone: '9' },
    })
    const phones = async () => (await recordsIn(onramp.portal)).contacts.map(({ phone }) => phone)
    const unconfirmed = await against(onramp, ['resync', onramp.customerId])
    expect(unconfirmed.output).toMatch(new RegExp(`^phone +written +\\S+ +contact ${hubspot.contactId}$`, 'm'))
    expect(unconfirmed.output).toContain('Nothing was written. Confirm with --yes')
    expect(unconfirmed.exitCode).toBe(2)
    expect(await phones()).toEqual(['9'])

    const confirmed = await against(onramp, ['resync', onramp.customerId, '--yes'])
    expect(confirmed.output).toContain(`A resync of 5 fields of ${onramp.customerId} has started.`)
    expect(confirmed.exitCode).toBe(0)
    await expect.poll(phones).toEqual(['2'])
    expect(await against(onramp, ['erase', onramp.customerId, '--yes'])).toEqual({
      output: `${onramp.customerId} is erased. Erased in HubSpot.\n`,
      exitCode: 0,
    })
    await expect.poll(phones).toEqual([])
  })
})

describe('npm run customer -- erase', () => {
  it('exits with 3 for an id that neither onramp nor HubSpot knows, unless --unknown confirms it', async ({
    onramp,
  }) => {
    const rejected = await against(onramp, ['erase', UNKNOWN, '--yes'])
    expect(rejected.output).toMatch(/^404 No customer has this id\nNeither onramp nor HubSpot has .*--unknown.*\n$/)
    expect(rejected.exitCode).toBe(3)

    const { customerId } = onramp
    expect(await against(onramp, ['erase', customerId, '--yes', '--unknown'])).toEqual({
      output: `${customerId} is erased. Nothing was in HubSpot.\n`,
      exitCode: 0,
    })
    await onramp.reaches('erased')
    await onramp.client.workflow.getHandle(onboardingId(customerId)).terminate('the test is over')
  })
})

describe('npm run customer -- resync, with a scripted API,', () => {
  const at = '2026-11-24T09:00:00.000Z'
  const status = {
    customerId: 'cus_1',
    hubspot: { contactId: '701', companyId: null },
    fields: {
      email: { state: 'written', at },
      phone: { state: 'kept', at },
      'company.name': { state: 'skipped', at },
      'company.phone': { state: 'pending', at },
    },
  }
  const resync = async (answer: boolean, response: object) => {
    await using api = await aScriptedApi({
      'GET /v1/customers/cus_1': [200, status],
      'POST /v1/customers/cus_1/resync': [202, response],
    })
    const shown: string[] = []
    const terminal = {
      show: (text: string) => void shown.push(text),
      isInteractive: true,
      confirm: async (question: string) => {
        shown.push(question, ...api.requests)
        return answer
      },
    }
    const commandLine = parseCommandLine(['resync', 'cus_1']) as CommandLine
    const outcome = await runCommand(commandLine, new OperatorApi(api.url, OPERATOR_TOKEN), terminal)
    return { shown: shown.join('\n'), outcome, requests: api.requests }
  }

  it('lists the fields that it will overwrite, and asks before it writes them', async () => {
    const { shown, outcome, requests } = await resync(true, { customerId: 'cus_1', status: 'accepted' })
    expect(shown).toMatch(/\nemail +written +\S+ +contact 701\nphone +kept +\S+ +contact 701\n/)
    expect(shown).toMatch(
      /\ncompany\.phone +pending +\S+ +company, not there yet\nWrite them\?\nGET \/v1\/customers\/cus_1$/,
    )
    expect(shown).not.toContain('company.name')
    expect(outcome.text).toContain('A resync of 3 fields of cus_1 has started.')
    expect(requests).toEqual(['GET /v1/customers/cus_1', 'POST /v1/customers/cus_1/resync'])
  })

  it('reports the fields that the workflow itself names', async () => {
    const { outcome } = await resync(true, { customerId: 'cus_1', status: 'accepted', fields: ['email'] })
    expect(outcome).toMatchObject({
      text: expect.stringContaining('A resync of 1 field of cus_1 has started.'),
      exitCode: 0,
    })
  })

  it('writes nothing without a yes', async () => {
    const { outcome, requests } = await resync(false, {})
    expect(outcome).toEqual({ text: 'Nothing was written.', exitCode: 1 })
    expect(requests).toEqual(['GET /v1/customers/cus_1'])
  })
})

describe('npm run customer -- erase, with a scripted API,', () => {
  const accepted: Scripted = [202, { customerId: 'cus_1', status: 'accepted' }]
  const at = '2026-11-24T09:00:00.000Z'
  const erasing = {
    customerId: 'cus_1',
    phase: 'erasing',
    parked: [],
    timeline: [{ at, what: 'event', outcome: 'erased' }],
  }
  const looked = (outcome: string, note?: string) => [
    // An earlier erasure, which an operator has lifted.
    { at, what: 'erasure', outcome: 'erased in HubSpot' },
    ...erasing.timeline,
    { at, what: 'erasure', outcome, ...(note && { note }) },
  ]
  const erase = async (...statuses: Scripted[]) => {
    await using api = await aScriptedApi({
      'DELETE /v1/customers/cus_1': accepted,
      'GET /v1/customers/cus_1': statuses,
    })
    return await run(['erase', 'cus_1', '--yes'], api.env)
  }
  const eraseForAProgram = async (...statuses: Scripted[]) => {
    await using api = await aScriptedApi({
      'DELETE /v1/customers/cus_1': accepted,
      'GET /v1/customers/cus_1': statuses,
    })
    const { stdout, exitCode } = await runApart(['erase', 'cus_1', '--yes', '--json'], api.env)
    return { ...(JSON.parse(stdout) as object), exitCode }
  }

  it('says what the erasure has found, and waits until it has looked', async () => {
    const earlier = { ...erasing, timeline: looked('').slice(0, -1) }
    const timeline = looked('not erased in HubSpot', 'remove this customer’s data from it by hand')
    expect(await erase([503, {}], [200, earlier], [200, { ...erasing, phase: 'erased', timeline }])).toEqual({
      output: 'cus_1 is erased. Not erased in HubSpot. Remove this customer’s data from it by hand.\n',
      exitCode: 0,
    })
  })

  it('says nothing of what was parked before the erasure has reached the customer', async () => {
    const parked = [{ reason: 'email-taken', step: 'contact', since: at, message: 'Correct the address.' }]
    const before = { customerId: 'cus_1', phase: 'contact', parked, timeline: [] }
    const after = { ...erasing, phase: 'erased', timeline: looked('erased in HubSpot') }
    expect(await erase([200, before], [200, after])).toEqual({
      output: 'cus_1 is erased. Erased in HubSpot.\n',
      exitCode: 0,
    })
  })

  it('does not wait for the further looks of an hour', async () => {
    const timeline = looked('nothing was in HubSpot, which is looked at again')
    expect((await erase([200, { ...erasing, timeline }])).output).toBe(
      'cus_1 is erased. Nothing was in HubSpot, which is looked at again.\n',
    )
  })

  it('exits with 1 when the erasure is parked', async () => {
    const parked = [
      { reason: 'histories-not-deleted', step: 'erasure', since: at, message: 'Give the workers the right.' },
    ]
    expect(await erase([200, { ...erasing, phase: 'erased', parked, timeline: looked('erased in HubSpot') }])).toEqual({
      output: 'cus_1 is not erased everywhere. Give the workers the right.\n',
      exitCode: 1,
    })
  })

  it('waits for the end with --json, too, and prints it', async () => {
    const erased = { ...erasing, phase: 'erased', timeline: looked('erased in HubSpot') }
    expect(await eraseForAProgram([200, erasing], [200, erased])).toEqual({
      customerId: 'cus_1',
      result: 'erased',
      message: 'cus_1 is erased. Erased in HubSpot.',
      exitCode: 0,
    })
    const parked = [
      { reason: 'histories-not-deleted', step: 'erasure', since: at, message: 'Give the workers the right.' },
    ]
    expect(await eraseForAProgram([200, { ...erased, parked }])).toMatchObject({ result: 'parked', exitCode: 1 })
  })
})

describe('npm run customer -- lift-erasure', () => {
  it('exits with 3 for a customer without an event', async ({ onramp }) => {
    const { output, exitCode } = await against(onramp, ['lift-erasure', UNKNOWN])
    expect(output).toMatch(/^404 No customer has this id\n/)
    expect(exitCode).toBe(3)
  })

  it('lifts the erasure of a customer', async () => {
    const accepted = { customerId: 'cus_1', status: 'accepted' }
    await using api = await aScriptedApi({ 'DELETE /v1/customers/cus_1/erasure': [202, accepted] })
    expect(await run(['lift-erasure', 'cus_1'], api.env)).toEqual({
      output: 'Later events about cus_1 count again.\n',
      exitCode: 0,
    })
  })

  it('exits with 1 when the customer is not erased', async () => {
    const problem = { title: 'The customer is not erased', status: 409, code: 'not-erased' }
    await using api = await aScriptedApi({ 'DELETE /v1/customers/cus_1/erasure': [409, problem] })
    const { output, exitCode } = await run(['lift-erasure', 'cus_1'], api.env)
    expect(output).toMatch(/^409 The customer is not erased\n/)
    expect(exitCode).toBe(1)
  })
})

// The API here is a double: it answers from a script and records the requests.
describe('npm run customer, with a scripted API,', () => {
  it('counts the parked customers by reason and step', async () => {
    const attention = [
      { reason: 'email-taken', count: 12, steps: [{ step: 'contact-update', count: 12 }] },
      { reason: 'refused-by-hubspot', count: 3, steps: [{ step: 'contact', count: 3 }] },
    ]
    await using api = await aScriptedApi({ 'GET /v1/attention': [200, { customers: 14, attention }] })
    expect((await run(['attention'], api.env)).output).toBe(
      [
        'REASON              STEP            CUSTOMERS',
        'email-taken         all             12',
        'email-taken         contact-update  12',
        'refused-by-hubspot  all             3',
        'refused-by-hubspot  contact         3',
        '',
        '14 parked customers. Temporal’s list is some moments old; `status ID` is not.',
        'Customers who wait for HubSpot are not parked: `list --waiting STEP` has them.',
        '',
      ].join('\n'),
    )
    expect(JSON.parse((await run(['attention', '--json'], api.env)).output)).toEqual({ customers: 14, attention })
  })

  it('lists the first page and says that there are more, or all pages with --all', async () => {
    const customer = (customerId: string) => ({ customerId, phase: 'onboarded', attention: [] })
    const pages = {
      'GET /v1/customers?phase=onboarded': [200, { customers: [customer('cus_1')], next: 'c+1' }] as Scripted,
      'GET /v1/customers?phase=onboarded&cursor=c%2B1': [
        200,
        { customers: [customer('cus_2')], next: null },
      ] as Scripted,
    }
    await using api = await aScriptedApi(pages)
    const first = (await run(['list', '--phase', 'onboarded'], api.env)).output
    expect(first).toMatch(
      /cus_1 +onboarded +–\n\nThere are more customers; --all lists them\. Temporal’s list is .*\n$/,
    )
    const all = (await run(['list', '--phase', 'onboarded', '--all'], api.env)).output
    expect(all).toMatch(/cus_1 +onboarded +–\ncus_2 +onboarded +–\n\n2 customers\. Temporal’s list is .*\n$/)
    const json = (await run(['list', '--phase', 'onboarded', '--all', '--json'], api.env)).output
    expect(JSON.parse(json)).toEqual({ customers: [customer('cus_1'), customer('cus_2')], next: null })
  })

  it('uses address and token of `npm start` without settings', async () => {
    await using api = await aScriptedApi({ 'GET /v1/attention': [200, { customers: 0, attention: [] }] })
    await writeFile(
      join(folder, 'secrets.json'),
      JSON.stringify({ webhookSecret: WEBHOOK_SECRET, operatorToken: OPERATOR_TOKEN }),
    )
    const { port } = new URL(api.env.ONRAMP_URL)
    expect(await run(['attention'], { PORT: port, ONRAMP_DATA_DIR: folder })).toEqual({
      output:
        'No customer is parked. Temporal’s list is some moments old; `status ID` is not.\n' +
        'Customers who wait for HubSpot are not parked: `list --waiting STEP` has them.\n',
      exitCode: 0,
    })
  })

  it('exits with 1 and shows the response of another server, without its control characters', async () => {
    await using api = await aScriptedApi({ 'GET /v1/attention': [502, '<h1>\u001b[31mBad Gateway</h1>'] })
    const { output, exitCode } = await run(['attention'], api.env)
    expect(output).toBe('502 is not a response of onramp\n<h1> [31mBad Gateway</h1>\n')
    expect(exitCode).toBe(1)
  })

  it('exits with 1 and leaves standard output empty when another server answers in HTML', async () => {
    await using api = await aScriptedApi({
      'GET /v1/attention': [502, '<h1>Bad Gateway</h1>'],
      'GET /v1/customers': [200, '<h1>Hi'],
    })
    for (const command of ['attention', 'list']) {
      const { stdout, exitCode } = await runApart([command, '--json'], api.env)
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    }
  })

  it('has styles only where the terminal supports them', async () => {
    await using api = await aScriptedApi({
      'GET /v1/customers': [200, { customers: [{ customerId: 'cus_1', attention: [] }], next: null }],
    })
    expect((await run(['list'], api.env)).output).not.toContain('\u001b')
    expect((await run(['list'], { ...api.env, FORCE_COLOR: '1' })).output).toContain('\u001b[1mCUSTOMER')
  })
})

describe('npm run customer', () => {
  it('shows its help without a command', async () => {
    const { output, exitCode } = await run([])
    expect(output).toContain('npm run customer -- resume-all REASON')
    expect(exitCode).toBe(0)
  })

  it.for([
    ['greet', 'There is no command "greet". The commands are status, find, list,'],
    ['status', 'status needs an argument: status ID.'],
    ['status ada@example.com', '`npm run customer -- find ada@example.com` finds the customer.'],
    ['erase Ada/Lovelace --yes', '"Ada/Lovelace" is no customer id'],
    ['find', 'find needs an argument: find ADDRESS|CONTACT.'],
    ['find cus_1', "find needs an e-mail address, or HubSpot's id of a contact"],
    ['resume-all email-taken --timeout 10m', '--timeout 10m must be a whole number of seconds'],
    ['status cus_1 cus_2', 'Unexpected argument "cus_2".'],
    ['status cus_1 --phase contact', 'status has no option --phase.'],
    ['list --fase contact', "Unknown option '--fase'."],
    ['erase cus_1', 'Erasing cus_1 cannot be undone. Confirm it with --yes.'],
    ['resync cus_1 --unknown', 'resync has no option --unknown.'],
    ['lift-erasure', 'lift-erasure needs an argument: lift-erasure ID.'],
    ['resume cus_1 --set phnoe=1', '--set phnoe=1 must be FIELD=VALUE, where FIELD is one of email,'],
    ['resume cus_1 --set phone', '--set phone must be FIELD=VALUE'],
    ['correct cus_1', 'correct needs the corrections: correct cus_1 --set FIELD=VALUE'],
  ] as const)('exits with 2 and says what is wrong with "%s"', async ([command, message]) => {
    const { output, exitCode } = await run(command.split(' '), { ONRAMP_URL: 'http://127.0.0.1:1', ONRAMP_TOKEN: 'x' })
    expect(output).toContain(message)
    expect(exitCode).toBe(2)
  })

  it('exits with 2 and says how to get a token when there is none', async () => {
    const { output, exitCode } = await run(['list'], { ONRAMP_DATA_DIR: join(folder, 'empty') })
    expect(output).toContain(`There is no operator token in ${join(folder, 'empty', 'secrets.json')}.`)
    expect(exitCode).toBe(2)
  })

  it('exits with 2 and names a setting that is not valid', async () => {
    expect(await run(['list'], { ONRAMP_URL: 'onramp.example' })).toEqual({
      output: 'The settings cannot be used:\n  ONRAMP_URL must be an http or https address\n',
      exitCode: 2,
    })
  })

  it.for(['two words', 'tökén'])('exits with 2 and names ONRAMP_TOKEN when no header can hold %s', async (token) => {
    const { output, exitCode } = await run(['list'], { ONRAMP_URL: 'http://127.0.0.1:1', ONRAMP_TOKEN: token })
    expect(output).toMatch(/^The settings cannot be used:\n {2}ONRAMP_TOKEN must be /)
    expect(output).not.toContain(token)
    expect(exitCode).toBe(2)
  })

  it('exits with 2 instead of sending the token of this machine to another', async () => {
    const { output, exitCode } = await run(['list'], { ONRAMP_URL: 'http://127.0.0.1:1', ONRAMP_DATA_DIR: folder })
    expect(output).toContain('ONRAMP_TOKEN must be set as well.')
    expect(exitCode).toBe(2)
  })

  it('exits with 1 and names ONRAMP_TOKEN when the token is wrong', async () => {
    await using api = await served(testApi().app)
    const { output, exitCode } = await run(['list'], { ONRAMP_URL: api.url, ONRAMP_TOKEN: 'another' })
    expect(output).toMatch(
      /^401 An operator token is required\n.*\nSet ONRAMP_TOKEN to a token of OPERATOR_TOKENS\.\n$/,
    )
    expect(exitCode).toBe(1)
  })

  it('exits with 1, not with 3, when ONRAMP_URL has no list', async () => {
    await using api = await served(testApi().app)
    const { output, exitCode } = await run(['list'], { ONRAMP_URL: `${api.url}/onramp`, ONRAMP_TOKEN: OPERATOR_TOKEN })
    expect(output).toMatch(/^404 Not found\n/)
    expect(exitCode).toBe(1)
  })
})

async function isParked(onramp: Onramp): Promise<void> {
  await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
  await onramp.registered()
  await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('contact-of-another-customer')
}

/** Repeats a command until its output contains a text, since Visibility lags by some moments. */
async function until(runAgain: () => Promise<Ended>, text: string): Promise<Ended> {
  let ended = await runAgain()
  await expect.poll(async () => (ended = await runAgain()).output).toContain(text)
  return ended
}
