// G2 · Messages wait while steps may be local activities, and keep the order of their arrival.

import { expect, it } from 'vitest'
import { HeldMessages } from '../../workflows/held-messages.ts'

/** Notes what is delivered. A command that begins with `no` is rejected. */
function given(startedBySignal: boolean) {
  const held = new HeldMessages(startedBySignal)
  const delivered: string[] = []
  const signal = held.signal((name: string) => void delivered.push(name))
  const command = held.command((name: string) => {
    if (name.startsWith('no')) throw new Error(name)
    delivered.push(name)
    return `did ${name}`
  })
  return { held, delivered, signal, command }
}

it('only the signal that started the run is delivered at once', () => {
  const { delivered, signal } = given(true)
  signal('registered')
  signal('updated')
  expect(delivered).toEqual(['registered'])
})

it('a signal to a run that continued as new is held', () => {
  const { delivered, signal } = given(false)
  signal('updated')
  expect(delivered).toEqual([])
})

it('signals and commands are delivered in the order of their arrival', async () => {
  const { held, delivered, signal, command } = given(false)
  signal('updated')
  const answer = command('correct')
  signal('erased')
  held.release()
  expect(await answer).toBe('did correct')
  expect(delivered).toEqual(['updated', 'correct', 'erased'])
})

it('the sender of a held command gets its error', async () => {
  const { held, delivered, command } = given(false)
  const answer = command('no such value')
  held.release()
  await expect(answer).rejects.toThrow('no such value')
  expect(delivered).toEqual([])
})

it('after the release everything is delivered at once', async () => {
  const { held, delivered, signal, command } = given(true)
  held.release()
  signal('registered')
  const answer = command('correct')
  expect(delivered).toEqual(['registered', 'correct'])
  expect(await answer).toBe('did correct')
  expect(held.areHeld).toBe(false)
})
