// Workflow code that does not return, on a worker of its own: real processes, real Temporal.

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'

import { expect, inject, it, onTestFinished } from 'vitest'
import { WORKER_ARGUMENTS } from '../../worker/node-arguments.ts'

/** A worker that Node starts as it starts onramp's. */
async function startedWorker(env: Record<string, string>) {
  const address = inject('temporalAddress')
  const taskQueue = `endless-${randomUUID()}`
  const main = fileURLToPath(new URL('../support/endless-loop/worker.ts', import.meta.url))
  const child = spawn(process.execPath, [...WORKER_ARGUMENTS.slice(0, -1), main, address, taskQueue], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const connection = await Connection.connect({ address })
  const { workflow } = new Client({ connection })
  const start = async (type: string) =>
    await workflow.start(type, { taskQueue, workflowId: `${type}-${randomUUID()}`, workflowTaskTimeout: '60 seconds' })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
    await connection.close()
  })
  return { start, ended }
}

it('ends the worker, which a supervisor starts again', async () => {
  const { start, ended } = await startedWorker({})
  expect(await (await start('short')).result()).toBe('done')
  const endless = await start('endless')
  expect(await ended).toBe(3)
  await endless.terminate()
})

it('with WORKFLOW_TIMEOUTS=on, fails only the task of its own workflow', async () => {
  const { start } = await startedWorker({ WORKFLOW_TIMEOUTS: 'on' })
  const endless = await start('endless')
  // Temporal records the first failure of a task only, and counts each.
  const attempts = async () => (await endless.describe()).raw.pendingWorkflowTask?.attempt
  await expect.poll(attempts).toBeGreaterThan(1)
  expect(await (await start('short')).result()).toBe('done')
  await endless.terminate()
})
