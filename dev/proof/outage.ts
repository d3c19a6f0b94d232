// Kills a part of Temporal and starts it again, by commands that are given: only the operator of the server knows where it runs.

import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { Random } from 'hubspot-emulator/random'
import { temporalProblem } from '../../platform/temporal-problem.ts'

/** A part of Temporal, and the shell commands that kill it and start it. A command must return while the part runs. */
export interface Outage {
  what: 'server' | 'database'
  kill: string
  start: string
}

// Short outages pass before the API gives up on an event, and long ones do not.
const LONGEST_MS = 6_000
const NOTICED_WITHIN_MS = 15_000
const BACK_WITHIN_MS = 120_000
const ASK_EVERY_MS = 100
const ASK_DEADLINE_MS = 1_000

/**
 * Kills the part, leaves it dead for a random time of up to six seconds, starts it, and returns when Temporal answers again.
 *
 * @throws Error when a command fails, when Temporal answers on although the part is killed, or when it does not come back
 */
export async function playOutage({ what, kill, start }: Outage, client: Client, random: Random): Promise<void> {
  const isBack = async (wanted: boolean, withinMs: number) => {
    for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(ASK_EVERY_MS)) {
      if (((await temporalProblem(client, ASK_DEADLINE_MS)) === null) === wanted) return true
    }
    return false
  }
  await run(`--kill-${what}`, kill)
  if (!(await isBack(false, NOTICED_WITHIN_MS))) {
    throw new Error(`Temporal still answers after the command of --kill-${what}, which must kill the ${what}.`)
  }
  await sleep(random.next() * LONGEST_MS)
  await run(`--start-${what}`, start)
  if (!(await isBack(true, BACK_WITHIN_MS))) {
    throw new Error(`Temporal does not answer ${BACK_WITHIN_MS / 1000} s after the command of --start-${what}.`)
  }
}

/** The command's output goes nowhere, since a server that it starts keeps its streams open. */
async function run(option: string, command: string): Promise<void> {
  const child = spawn('sh', ['-c', command], { stdio: 'ignore', detached: true })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`The command of ${option} failed with ${code}. Run it by hand to see why: ${command}`)
}
