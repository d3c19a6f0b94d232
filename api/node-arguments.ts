// How Node starts a process of the API, as `npm run api` does.

import { fileURLToPath } from 'node:url'
import { NODE_ARGUMENTS } from '../platform/node-arguments.ts'

export const API_ARGUMENTS: readonly string[] = [...NODE_ARGUMENTS, fileURLToPath(new URL('main.ts', import.meta.url))]
