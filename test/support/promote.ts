// Runs `npm run promote` as a process, for one test's task queue.

import { startProcess } from './process.ts'

/** Its exit code and everything that it printed. */
export async function runPromote(
  { taskQueue }: { taskQueue: string },
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<{ code: number | null; output: string }> {
  const promote = startProcess('worker/promote.ts', { TEMPORAL_TASK_QUEUE: taskQueue, ...env }, args)
  return { code: await promote.ended, output: promote.output() }
}
