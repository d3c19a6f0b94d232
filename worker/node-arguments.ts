// How Node starts a process of a worker, as `npm run worker` does.

import { fileURLToPath } from 'node:url'
import { NODE_ARGUMENTS } from '../platform/node-arguments.ts'

export const WORKER_ARGUMENTS: readonly string[] = [
  ...NODE_ARGUMENTS,
  '--import',
  new URL('workflow-threads/import.ts', import.meta.url).href,
  fileURLToPath(new URL('main.ts', import.meta.url)),
]
