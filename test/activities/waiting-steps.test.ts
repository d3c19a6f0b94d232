// The age of the oldest step that waits for the CRM, as one worker knows it.

import { describe, expect, it } from 'vitest'
import { WaitingSteps } from '../../activities/waiting-steps.ts'

describe('the oldest step that waits', () => {
  const time = { now: 0 }
  const waitingSteps = () => new WaitingSteps(() => time.now)

  it('is as old as the first request for it, whichever attempt it is', () => {
    const steps = waitingSteps()
    time.now = 100_000
    expect(steps.oldestSeconds()).toBeNull()
    steps.begins('one', 40_000)
    steps.begins('two', 90_000)
    expect(steps.oldestSeconds()).toBe(60)
    steps.failed('one', 40_000, 30_000)
    time.now = 130_000
    steps.begins('one', 40_000)
    expect(steps.oldestSeconds()).toBe(90)
    steps.ended('one')
    expect(steps.oldestSeconds()).toBe(40)
    steps.ended('two')
    expect(steps.oldestSeconds()).toBeNull()
  })

  it('is forgotten when its next attempt does not come here, since another worker has it', () => {
    const steps = waitingSteps()
    time.now = 0
    steps.failed('one', 0, null)
    time.now = 100_000
    expect(steps.oldestSeconds()).toBe(100)
    time.now = 130_000
    expect(steps.oldestSeconds()).toBeNull()
  })

  it('stays while HubSpot asks for a long pause', () => {
    const steps = waitingSteps()
    time.now = 0
    steps.failed('one', 0, 3_600_000)
    time.now = 3_600_000
    expect(steps.oldestSeconds()).toBe(3600)
  })

  it('is known among more steps than are remembered', () => {
    const steps = waitingSteps()
    time.now = 1_000_000
    steps.begins('oldest', 0)
    for (let index = 0; index < 20_000; index += 1) steps.begins(`step ${index}`, 500_000)
    expect(steps.oldestSeconds()).toBe(1000)
  })
})
