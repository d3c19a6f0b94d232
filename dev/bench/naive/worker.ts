// The worker of the naive app, with the SDK's default options.

import { fileURLToPath } from 'node:url'
import { NativeConnection, Worker } from '@temporalio/worker'
import { associate, createCompany, createContact } from './activities.ts'

const activities = { associate, createCompany, createContact }
const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' })
const workflowsPath = fileURLToPath(new URL('workflows.ts', import.meta.url))
const taskQueue = process.env['TASK_QUEUE'] ?? ''
await (await Worker.create({ connection, taskQueue, workflowsPath, activities })).run()
process.exit()
