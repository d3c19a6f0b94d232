// Replaces the timeout of each call into workflow code by one watch of the worker, which finds a call that does not return.

import { setInterval } from 'node:timers'
import vm from 'node:vm'
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'

/** The SDK uses one workflow thread for two processors; other threads of the process take a slot as well. */
const THREADS = 256
/** The first entry counts the threads. Each other entry is of one thread: odd while a call is under way, and never the same twice. */
const SHARED = 'onramp.calls-into-workflows'
const CHECK_MS = 1000

/**
 * Node starts and joins a thread for each call into a `vm` context that has a timeout. The SDK makes 23 such calls for an onboarding, so
 * that this takes half of the time of the workflow thread (docs/decisions/0030-one-watch-of-the-workflow-threads.md).
 *
 * Has to run in the main thread first, and then in each thread before the SDK loads.
 */
export function withoutTimeouts(): void {
  if (isMainThread) {
    setEnvironmentData(SHARED, new Int32Array(new SharedArrayBuffer(THREADS * Int32Array.BYTES_PER_ELEMENT)))
    return
  }
  const calls = sharedCalls()
  if (calls === null) return
  const slot = Atomics.add(calls, 0, 1) + 1
  // A thread that cannot be watched keeps the SDK's timeouts.
  if (slot >= calls.length) return
  // oxlint-disable-next-line typescript/unbound-method -- `call` below binds it.
  const runInContext = vm.Script.prototype.runInContext
  vm.Script.prototype.runInContext = function (context, options) {
    const { timeout: _, ...others } = options ?? {}
    Atomics.add(calls, slot, 1)
    try {
      return runInContext.call(this, context, others)
    } finally {
      Atomics.add(calls, slot, 1)
    }
  }
}

/**
 * Calls `onStuck` once, when a call into workflow code has not returned for `seconds`. Runs in the main thread. It counts its own
 * checks, not the clock, so that a machine that slept or is busy is no endless loop.
 */
export function watchWorkflowThreads(seconds: number, onStuck: () => void): void {
  const calls = sharedCalls()
  if (calls === null) return
  const seen = Array.from(calls, (count) => ({ count, checks: 0 }))
  const timer = setInterval(() => {
    const isStuck = seen.some((thread, slot) => {
      const count = Atomics.load(calls, slot)
      const isSameCall = slot > 0 && count % 2 !== 0 && count === thread.count
      thread.checks = isSameCall ? thread.checks + 1 : 0
      thread.count = count
      return thread.checks * CHECK_MS >= seconds * 1000
    })
    if (!isStuck) return
    clearInterval(timer)
    onStuck()
  }, CHECK_MS)
  timer.unref()
}

function sharedCalls(): Int32Array | null {
  const shared = getEnvironmentData(SHARED)
  return shared instanceof Int32Array ? shared : null
}
