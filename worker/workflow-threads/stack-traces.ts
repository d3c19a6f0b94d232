// Switches off the stack traces that Temporal's SDK collects in workflow threads.

import v8 from 'node:v8'

/**
 * For each promise of a workflow, the SDK captures a stack and reads its source map, only for the query `__stack_trace` of the Temporal
 * UI. That takes a third of the time of the workflow thread (docs/decisions/0027-no-stack-traces-of-workflows.md).
 */
export function withoutStackTraces(): void {
  v8.promiseHooks.createHook = () => () => {}
}
