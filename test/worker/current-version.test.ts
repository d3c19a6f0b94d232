// A worker reports whether its version is current, from its start until it stops.

import { expect, it } from 'vitest'
import { createLogger } from '../../platform/logger.ts'
import { watchVersion } from '../../worker/current-version.ts'

function watched(behavior: 'PINNED' | 'AUTO_UPGRADE') {
  const temporal = { current: 'mine', promoted: 0 }
  const states: string[] = []
  const levels: string[] = []
  const stop = new AbortController()
  const workflowService = {
    describeWorkerDeployment: async () =>
      await Promise.resolve({
        workerDeploymentInfo: {
          routingConfig: {
            currentDeploymentVersion: { deploymentName: 'onramp', buildId: temporal.current },
            currentVersionChangedTime: { seconds: 1 },
          },
        },
      }),
    async setWorkerDeploymentCurrentVersion() {
      temporal.promoted += 1
      return await Promise.resolve()
    },
  }
  const watching = watchVersion({
    workflowService: workflowService as never,
    namespace: 'default',
    taskQueue: 'onramp',
    version: { deploymentName: 'onramp', buildId: 'mine', behavior },
    logger: createLogger('test', 'trace', {
      write: (line) => void levels.push(String((JSON.parse(line) as { level: unknown }).level)),
    }),
    signal: stop.signal,
    pauseMs: 5,
    onState: (state) => states.at(-1) === state || states.push(state),
  })
  return {
    temporal,
    states,
    levels,
    end: async () => {
      stop.abort()
      await watching
    },
  }
}

it.each(['PINNED', 'AUTO_UPGRADE'] as const)(
  'a worker notices that another version has become current, and that its own is again: %s',
  async (behavior) => {
    const { temporal, states, levels, end } = watched(behavior)
    await expect.poll(() => states).toEqual(['current'])
    temporal.current = 'another'
    await expect.poll(() => states).toEqual(['current', 'not-current'])
    temporal.current = 'mine'
    await expect.poll(() => states).toEqual(['current', 'not-current', 'current'])
    // It does not take back what an operator has decided, and an upgrade is no warning.
    expect(temporal.promoted).toBe(behavior === 'PINNED' ? 0 : 1)
    expect(new Set(levels)).toEqual(new Set(['info']))
    await end()
  },
)
