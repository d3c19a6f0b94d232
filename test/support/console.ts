// An error on the console that no test asked for fails the test.

import { afterEach, beforeEach, vi } from 'vitest'

beforeEach(() => {
  vi.spyOn(console, 'error').mockName('console.error')
})

afterEach(() => {
  const said = vi.mocked(console.error).mock.calls
  vi.restoreAllMocks()
  if (said.length > 0) throw new Error(`unclaimed on the console: ${said.join('\n')}`)
})
