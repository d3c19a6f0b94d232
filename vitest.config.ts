import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

// These tests run against both versions of the HubSpot API.
const IN_BOTH_VERSIONS = [
  'test/hubspot/associations.test.ts',
  'test/story/onboarding.test.ts',
  'test/story/existing-contact.test.ts',
  'test/story/company.test.ts',
  'test/story/trouble.test.ts',
  'test/hubspot/setup.test.ts',
]

// These story tests run, unchanged, on a CRM in memory as well. One that needs HubSpot's faults, settings or requests is skipped there.
const ON_MEMORY_TOO = [
  'test/story/onboarding.test.ts',
  'test/story/existing-contact.test.ts',
  'test/story/updates.test.ts',
  'test/story/moves.test.ts',
  'test/story/parked.test.ts',
  'test/story/idle.test.ts',
  'test/story/company.test.ts',
  'test/story/deleted-records.test.ts',
  'test/story/continue-as-new.test.ts',
  'test/story/erasure.test.ts',
]
const ON_MEMORY_ALONE = 'test/story/port.test.ts'

// These files replace modules with `vi.mock`, so each runs in a process of its own.
const IN_A_PROCESS_OF_ITS_OWN = [
  'test/customer/repeated-steps.test.ts',
  'test/customer/any-order.test.ts',
  'test/story/earlier-runs.test.ts',
  'test/story/killed-attempts.test.ts',
]

// The longest files start first, so that none of them runs alone in the end.
const LONGEST_FIRST = [
  'test/story/temporal-killed.test.ts',
  'test/proof/model.test.ts',
  'test/api/openapi.test.ts',
  'test/launcher/launcher.test.ts',
  'test/console/console.test.ts',
  'test/story/promote.test.ts',
  'test/api/resume-all.test.ts',
  'test/api/fuzz.test.ts',
  'test/docs/operations/move.test.ts',
  'test/docs/operations/backup.test.ts',
  'test/story/worker-versions.test.ts',
  'test/story/worker-killed.test.ts',
  'test/story/erasure.test.ts',
  'test/proof/chaos.test.ts',
  'test/story/waiting.test.ts',
  'test/api/stuck.test.ts',
  'test/hubspot/quota.test.ts',
  'test/story/late-writes.test.ts',
  'test/docs/operations/token-rotation.test.ts',
  'test/story/local-activities.test.ts',
  'test/story/trouble.test.ts',
  'test/launcher/temporal-cli.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONGEST_FIRST.findIndex((file) => moduleId.endsWith(file))
      return index === -1 ? LONGEST_FIRST.length : index
    }
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other))
  }
}

const everywhere = {
  setupFiles: ['test/support/console.ts', 'test/support/seed.ts', 'test/support/setup-end-of-file.ts'],
  // With threads, Temporal's native worker crashes the process.
  pool: 'forks' as const,
  // Files run one after the other in the same few processes. Loading and compiling the code for each file costs a quarter of the CPU time.
  isolate: false,
  // Workers in the process of a test run workflow code as a worker's own process does.
  execArgv: ['--import', new URL('worker/workflow-threads/import.ts', import.meta.url).href],
  // Time for a machine that does thirty other things. A poll ends as soon as it succeeds; a developer waits less for a red one.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  // CI gives a failed test a second attempt, and `.ci/run` lists the tests that needed it. A developer sees the first failure.
  retry: process.env['CI'] === undefined ? 0 : 1,
  expect: { poll: { timeout: process.env['CI'] === undefined ? 30_000 : 120_000 } },
}

export default defineConfig({
  test: {
    // The tests wait most of the time, for Temporal and for timers. vitest's default on two cores is one worker.
    maxWorkers: 4,
    reporters: ['default', './test/support/second-attempts.ts'],
    sequence: { sequencer: LongestFirst },
    // One Temporal server and one workflow bundle for all projects.
    globalSetup: 'test/support/global-setup.ts',
    projects: [
      {
        test: {
          ...everywhere,
          name: '2026-09',
          include: ['test/**/*.test.ts'],
          exclude: [ON_MEMORY_ALONE, ...IN_A_PROCESS_OF_ITS_OWN],
        },
      },
      { test: { ...everywhere, name: '2026-09-isolated', include: IN_A_PROCESS_OF_ITS_OWN, isolate: true } },
      { test: { ...everywhere, name: 'v3', include: IN_BOTH_VERSIONS, env: { HUBSPOT_API_VERSION: 'v3' } } },
      {
        test: {
          ...everywhere,
          name: 'memory-crm',
          include: [...ON_MEMORY_TOO, ON_MEMORY_ALONE],
          env: { ONRAMP_TEST_CRM: 'memory' },
        },
      },
      { test: { ...everywhere, name: 'emulator', include: ['packages/hubspot-emulator/test/**/*.test.ts'] } },
    ],
  },
})
