import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    setupFiles: 'test/support/console.ts',
    // With threads Temporal's native worker takes the process down.
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
