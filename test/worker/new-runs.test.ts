// Which workers get new runs, from what Temporal says of a task queue.

import { expect, it } from 'vitest'
import { gettingNewRuns } from '../../platform/worker-versions.ts'

const ONE = { deploymentName: 'onramp', buildId: 'one' }
const TWO = { deploymentName: 'onramp', buildId: 'two' }
// temporal.api.enums.v1.WorkerVersioningMode: 1 is unversioned, 2 versioned.
const POLLERS = [
  { identity: 'one', deploymentOptions: { ...ONE, workerVersioningMode: 2 } },
  { identity: 'two', deploymentOptions: { ...TWO, workerVersioningMode: 2 } },
  { identity: 'off', deploymentOptions: { deploymentName: 'onramp', buildId: '', workerVersioningMode: 1 } },
  { identity: 'older SDK' },
]

it.each([
  ['without versions, those that have none', null, ['off', 'older SDK']],
  ['those of the current version', { currentDeploymentVersion: ONE }, ['one']],
  ['nobody, when the current version has no worker', { currentDeploymentVersion: { ...ONE, buildId: 'three' } }, []],
  [
    'those of the ramping version, too',
    { currentDeploymentVersion: ONE, rampingDeploymentVersion: TWO, rampingVersionPercentage: 1 },
    ['one', 'two'],
  ],
  [
    'not those of a version whose ramping has ended',
    { currentDeploymentVersion: ONE, rampingDeploymentVersion: TWO, rampingVersionPercentage: 0 },
    ['one'],
  ],
  [
    'those without a version while they ramp up',
    { currentDeploymentVersion: ONE, rampingVersionPercentage: 50 },
    ['one', 'off', 'older SDK'],
  ],
])('%s', (_, routing, expected) => {
  expect(gettingNewRuns(POLLERS, routing).map(({ identity }) => identity)).toEqual(expected)
})
