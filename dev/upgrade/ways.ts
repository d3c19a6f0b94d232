// The ways from one release to another, by the runbook's own commands, and what must hold after each.

import { join } from 'node:path'
import { EmulatorControl } from 'hubspot-emulator/control'
import type { ThrowAwayStack } from '../launcher/throw-away-stack.ts'
import type { StackProcess } from '../launcher/processes.ts'
import { ask } from '../proof/stack.ts'
import { complete, customersOf, prepare, register, unanswered, update, within, wrongAfter } from './customers.ts'
import type { Customer } from './customers.ts'
import { Installation, stop } from './installation.ts'
import { brokenRelease } from './releases.ts'
import type { Release } from './releases.ts'
import { Report } from './report.ts'
import type { Row } from './report.ts'
import { keepUpdating } from './traffic.ts'

export interface WayOptions {
  stack: ThrowAwayStack
  former: Release
  current: Release
  say: (line: string) => void
}

export type Way = 'versioned' | 'rolling' | 'from-off' | 'changed-from-off' | 'broken'

export const WAYS: Record<Way, { does: string; run: (options: WayOptions) => Promise<Row[]> }> = {
  versioned: {
    does: 'new workers beside the old ones, promote, old workers stopped; then the way back',
    run: versioned,
  },
  rolling: { does: 'TEMPORAL_VERSIONING=off: old workers replaced one after the other', run: rolling },
  'from-off': { does: 'old workers without a version, new workers with one', run: fromOff },
  'changed-from-off': {
    does: 'as from-off, to workflow code on which the runs do not replay: their own release gets a version first',
    run: changedFromOff,
  },
  broken: { does: 'a release whose workflow code does not replay: its stuck customers are reset', run: broken },
}

const MOVES_SECONDS = '180'

/** What stays the same on a way: the installation, its customers and the portal. */
interface Journey extends WayOptions {
  installation: Installation
  customers: Customer[]
  portal: EmulatorControl
  report: Report
}

async function versioned(options: WayOptions): Promise<Row[]> {
  const { former, current } = options
  return await onJourney('versioned', options, async (journey) => {
    const { portal, report } = journey
    const oldWorkers = await startWorkers(journey, former, versionOf(former))
    const oldApi = await customersOnFormer(journey)

    const newWorkers = await startWorkers(journey, current, versionOf(current))
    const early = await promote(journey, ['--wait', '5'], versionOf(current))
    report.add('promote during the outage names who waits for HubSpot, and exits 1', [
      ...(early.code === 1 ? [] : [`It exited with ${early.code}: ${early.output}`]),
      ...(early.output.includes('waiting for HubSpot') ? [] : [early.output]),
    ])
    const api = await replaceApi(journey, oldApi, current)
    await portal.clearFaults()
    await promoteToTheEnd(journey, [], versionOf(current))
    await Promise.all(oldWorkers.map(stop))
    await checkAll(journey, 'after the upgrade', 'upgraded')

    const back = new Report('downgrade', options.say)
    const onWayBack = { ...journey, report: back }
    const again = await startWorkers(onWayBack, former, versionOf(former))
    await promoteToTheEnd(onWayBack, ['--build-id', former.name], {})
    await Promise.all(newWorkers.map(stop))
    await replaceApi(onWayBack, api, former)
    await checkAll(onWayBack, 'after the way back', 'downgraded')
    report.rows.push(...back.rows)
    await Promise.all(again.map(stop))
  })
}

async function rolling(options: WayOptions): Promise<Row[]> {
  const { former, current } = options
  return await onJourney('rolling', options, async (journey) => {
    const { installation, portal } = journey
    const [first, second] = [
      ...(await startWorkers(journey, former, OFF)),
      ...(await startWorkers(journey, former, OFF)),
    ]
    const oldApi = await customersOnFormer(journey)

    const traffic = keepUpdating(installation, traveller(journey))
    await stop(first!)
    await startWorkers(journey, current, OFF)
    await portal.clearFaults()
    await replaceApi(journey, oldApi, current)
    await stop(second!)
    await startWorkers(journey, current, OFF)
    await trafficArrives(journey, await traffic.stop())
    await checkAll(journey, 'after the upgrade', 'upgraded')
  })
}

async function fromOff(options: WayOptions): Promise<Row[]> {
  const { former, current } = options
  return await onJourney('from-off', options, async (journey) => {
    const { installation, portal } = journey
    const oldWorkers = await startWorkers(journey, former, OFF)
    const oldApi = await customersOnFormer(journey)

    const traffic = keepUpdating(installation, traveller(journey))
    await startWorkers(journey, current, versionOf(current))
    await promote(journey, ['--wait', '5'], versionOf(current))
    await replaceApi(journey, oldApi, current)
    await portal.clearFaults()
    await promoteToTheEnd(journey, [], versionOf(current))
    await Promise.all(oldWorkers.map(stop))
    await trafficArrives(journey, await traffic.stop())
    await checkAll(journey, 'after the upgrade', 'upgraded')
  })
}

async function changedFromOff(options: WayOptions): Promise<Row[]> {
  const { current, stack } = options
  return await onJourney('changed-from-off', options, async (journey) => {
    const { portal, report } = journey
    const { customers, workers } = await idleOnCurrent(journey)
    const changed = await brokenRelease(join(stack.logDir, 'changed'))
    const ofChanged = { ...journey, current: changed }
    await startWorkers(journey, changed, versionOf(changed))
    const refused = await promote(ofChanged, ['--wait', '60'], versionOf(changed))
    report.add(
      'promote finds that their histories do not fit, and changes nothing',
      refused.code === 1 && refused.output.includes('would be stuck') ? [] : [refused.output],
    )

    const versionedWorkers = await startWorkers(journey, current, versionOf(current))
    await promoteToTheEnd(journey, [], versionOf(current))
    await Promise.all(workers.map(stop))
    await promoteToTheEnd(ofChanged, [], versionOf(changed))
    await Promise.all(versionedWorkers.map(stop))
    await updateAll(journey, customers, '1')
    report.add('each update is in HubSpot, nobody is lost or doubled', await wrongAfter(portal, customers, '1'))
    report.add('nobody is stuck', await stuckIn(journey))
  })
}

async function broken(options: WayOptions): Promise<Row[]> {
  const { current, stack } = options
  return await onJourney('broken', options, async (journey) => {
    const { installation, portal, report } = journey
    const { customers, workers } = await idleOnCurrent(journey)
    await Promise.all(workers.map(stop))
    await startWorkers(journey, await brokenRelease(join(stack.logDir, 'broken')), OFF)
    await updateAll(journey, customers, '1')

    const areStuck = await within(async () => (await stuckRuns(installation)) === customers.length)
    report.add('the runs are stuck', areStuck ? [] : [`${await stuckRuns(installation)} of ${customers.length} are.`])
    const attention = await installation.run(current, 'cli/main.ts', ['attention'])
    const isCounted = attention.output.includes(`${customers.length} customers with a stuck run`)
    report.add('attention counts all of them', isCounted ? [] : [attention.output])
    const reset = await installation.run(current, 'cli/main.ts', ['reset-stuck'])
    report.add('one command resets them', reset.code === 0 ? [] : [`It exited with ${reset.code}: ${reset.output}`])
    report.add('their events arrive, nothing is doubled', await wrongAfter(portal, customers, '1'))
    await within(async () => (await stuckRuns(installation)) === 0)
    report.add('nobody is stuck', await stuckIn(journey))
  })
}

/** Customers who are idle on workers of this checkout without a version. */
async function idleOnCurrent(journey: Journey): Promise<{ customers: Customer[]; workers: StackProcess[] }> {
  const { installation, current, portal, report } = journey
  const customers = journey.customers.filter(({ kind }) => kind === 'idle')
  const workers = await startWorkers(journey, current, OFF)
  await installation.startApi(current)
  for (const { customerId } of customers) await register(installation, customerId)
  report.add('customers are onboarded', await wrongAfter(portal, customers, '0'))
  return { customers, workers }
}

async function updateAll({ installation }: Journey, customers: Customer[], phone: string): Promise<void> {
  for (const { customerId } of customers) await update(installation, customerId, phone)
}

async function onJourney(way: Way, options: WayOptions, travel: (journey: Journey) => Promise<void>): Promise<Row[]> {
  const { stack, say } = options
  const release = way === 'broken' || way === 'changed-from-off' ? options.current : options.former
  const portal = new EmulatorControl(stack.emulatorUrl)
  const installation = await Installation.create(stack, `upgrade-${way}`, release)
  const report = new Report(way, say)
  try {
    await travel({ ...options, installation, customers: customersOf(way), portal, report })
  } catch (error) {
    report.add('the way ends', [error instanceof Error ? error.message : String(error)])
  } finally {
    await portal.clearFaults()
    await installation.close()
  }
  return report.rows
}

const OFF = { TEMPORAL_VERSIONING: 'off' }

/** The two checkouts may have the same workflow code, so the build id does not come from it. */
function versionOf({ name }: Release): NodeJS.ProcessEnv {
  return { TEMPORAL_VERSIONING: 'pinned', TEMPORAL_WORKER_BUILD_ID: name }
}

async function startWorkers(
  { installation, say }: Journey,
  release: Release,
  settings: NodeJS.ProcessEnv,
): Promise<StackProcess[]> {
  say(`Starting a worker of ${release.name} …`)
  return [await installation.startWorker(release, settings)]
}

/** Makes the customers of each kind with the former release's API. Ends in an outage. */
async function customersOnFormer({ installation, former, customers, portal, say }: Journey): Promise<StackProcess> {
  say(`Making the customers on ${former.name} …`)
  const shortIdle = await installation.startApi(former, { ONBOARDING_IDLE_DAYS: '0.00001' })
  await complete(installation, customers)
  await stop(shortIdle)
  const api = await installation.startApi(former)
  await prepare(installation, customers, portal)
  return api
}

/** The new API serves before the former one ends. */
async function replaceApi({ installation }: Journey, former: StackProcess, release: Release): Promise<StackProcess> {
  const api = await installation.startApi(release)
  await stop(former)
  return api
}

async function promote({ installation, current, say }: Journey, args: string[], settings: NodeJS.ProcessEnv) {
  say(`npm run promote -- ${args.join(' ')}`)
  const ended = await installation.run(current, 'worker/promote.ts', args, settings)
  for (const line of ended.output.split('\n')) say(`    ${line}`)
  return ended
}

async function promoteToTheEnd(journey: Journey, args: string[], settings: NodeJS.ProcessEnv): Promise<void> {
  const { code, output } = await promote(journey, ['--wait', MOVES_SECONDS, ...args], settings)
  const isDone = code === 0 && output.includes('may be stopped')
  journey.report.add('promote moves everybody, and says that the other workers may be stopped', isDone ? [] : [output])
}

function traveller({ customers }: Journey): string {
  return customers.find(({ kind }) => kind === 'idle')!.customerId
}

async function trafficArrives({ customers, portal, report }: Journey, phone: string): Promise<void> {
  const [first] = customers.filter(({ kind }) => kind === 'idle')
  report.add('the last of the events that kept coming is in HubSpot', await wrongAfter(portal, [first!], phone))
}

/** Resumes who is parked, updates everybody, and checks HubSpot, Temporal and the API. */
async function checkAll(journey: Journey, when: string, phone: string): Promise<void> {
  const { installation, current, customers, portal, report } = journey
  const add = (what: string, wrong: string[]) => report.add(`${when}: ${what}`, wrong)
  add('each status is answered, also of who completed (idle)', await unanswered(installation, customers))

  await within(async () => (await attentionOf(installation)) > 0, 5000)
  if ((await attentionOf(installation)) > 0) {
    const resumed = await installation.run(current, 'cli/main.ts', ['resume-all', 'refused-by-hubspot'])
    add('who is parked is resumed', resumed.code === 0 ? [] : [resumed.output])
  }
  for (const { customerId, kind } of customers) {
    if (kind === 'awaiting') await register(installation, customerId)
    await update(installation, customerId, phone)
  }
  add('each update is in HubSpot, nobody is lost or doubled', await wrongAfter(portal, customers, phone))
  const isEmpty = await within(async () => (await attentionOf(installation)) === 0, 20_000)
  add('nothing is under attention', isEmpty ? [] : ['The API still counts customers under attention.'])
  add('nobody is stuck', await stuckIn(journey))
  add('each status is answered in the end', await unanswered(installation, customers))
}

/** A sentence when runs are stuck. */
async function stuckIn({ installation }: Journey): Promise<string[]> {
  const count = await stuckRuns(installation)
  return count === 0 ? [] : [`${count} runs are stuck.`]
}

/** A run that was reset keeps its problems, and is closed. */
async function stuckRuns({ client }: Installation): Promise<number> {
  return (await client.workflow.count(`TemporalReportedProblems IS NOT NULL AND ExecutionStatus = 'Running'`)).count
}

async function attentionOf({ stack }: Installation): Promise<number> {
  const response = await ask(stack, 'GET', '/v1/attention')
  return ((await response.json()) as { customers: number }).customers
}
