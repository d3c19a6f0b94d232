// The webhook of the naive app: starts a workflow for each customer.

import { serve } from '@hono/node-server'
import { Client, Connection } from '@temporalio/client'
import { Hono } from 'hono'
import { Webhook } from 'standardwebhooks'
import type { Customer } from './activities.ts'

const { TEMPORAL_ADDRESS = '', TASK_QUEUE = '', WEBHOOK_SECRET = '', PORT } = process.env
const client = new Client({ connection: await Connection.connect({ address: TEMPORAL_ADDRESS }) })
const webhook = new Webhook(WEBHOOK_SECRET)

const app = new Hono().get('/', (c) => c.text('ready'))
app.post('/webhooks/customers', async (c) => {
  const { data } = webhook.verify(await c.req.text(), c.req.header()) as { data: Customer }
  const options = { taskQueue: TASK_QUEUE, workflowId: `onboard-${data.customerId}`, args: [data] }
  await client.workflow.start('onboard', options)
  return c.json({ status: 'accepted' }, 202)
})

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) })
