// Prints each test that passed only at its second attempt, so that a test that depends on an idle machine is seen.
import type { Reporter, TestCase } from 'vitest/node'

export default class SecondAttempts implements Reporter {
  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return
    process.stdout.write(`Passed at the second attempt: ${test.module.project.name} ${test.fullName}\n`)
    for (const { message } of test.result().errors ?? []) process.stdout.write(`  ${message}\n`)
  }
}
