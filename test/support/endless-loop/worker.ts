// A worker process with a watch of its workflow threads; it ends with code 3 when workflow code does not return.

import { fileURLToPath } from 'node:url'
import { NativeConnection, Worker } from '@temporalio/worker'
import { watchWorkflowThreads } from '../../../worker/workflow-threads/timeouts.ts'

const [address = '', taskQueue = ''] = process.argv.slice(2)
const connection = await NativeConnection.connect({ address })
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
})
watchWorkflowThreads(3, () => process.exit(3))
await worker.run()
