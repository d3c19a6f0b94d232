// An unexpected console.error fails the test.

import { afterEach, beforeEach, vi } from 'vitest'

beforeEach(() => {
  vi.spyOn(console, 'error').mockName('console.error')
})

afterEach(() => {
  const calls = vi.mocked(console.error).mock.calls
  vi.restoreAllMocks()
  if (calls.length > 0) throw new Error(`unexpected console.error: ${calls.join('\n')}`)
})
