import { defineConfig } from 'vitest/config'

// These tests run against both versions of the HubSpot API.
const IN_BOTH_VERSIONS = [
  'test/story/onboarding.test.ts',
  'test/story/existing-contact.test.ts',
  'test/story/company.test.ts',
  'test/story/trouble.test.ts',
  'test/hubspot/setup.test.ts',
]

const everywhere = {
  setupFiles: 'test/support/console.ts',
  // With threads, Temporal's native worker crashes the process.
  pool: 'forks' as const,
  testTimeout: 30_000,
  hookTimeout: 30_000,
  // Time for a busy machine; a poll ends as soon as it succeeds.
  expect: { poll: { timeout: 5_000 } },
}

const onramp = { ...everywhere, globalSetup: 'test/support/global-setup.ts' }

export default defineConfig({
  test: {
    // The tests wait most of the time, for Temporal and for timers. vitest's default on two cores is one worker.
    maxWorkers: 2,
    projects: [
      { test: { ...onramp, name: '2026-09', include: ['test/**/*.test.ts'] } },
      { test: { ...onramp, name: 'v3', include: IN_BOTH_VERSIONS, env: { HUBSPOT_API_VERSION: 'v3' } } },
      { test: { ...everywhere, name: 'emulator', include: ['packages/hubspot-emulator/test/**/*.test.ts'] } },
    ],
  },
})
