// A reporter of vitest that writes how many tests passed, which failed, and why others were skipped.

import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'
import type { TestCounts } from './stories.ts'

export default class Counts implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts: TestCounts = { passed: 0, failed: [], skipped: {} }
    for (const module of modules) {
      // A file that cannot be loaded has no tests.
      if (module.state() === 'failed' && module.children.size === 0) counts.failed.push(module.moduleId)
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') counts.passed += 1
        if (result.state === 'failed') counts.failed.push(test.fullName)
        if (result.state === 'skipped') {
          const reason = result.note ?? 'no reason'
          counts.skipped[reason] = (counts.skipped[reason] ?? 0) + 1
        }
      }
    }
    writeFileSync(process.env['ONRAMP_TEST_COUNTS'] ?? '', JSON.stringify(counts))
  }
}
