// What a webhook costs when nothing is done about it: a Hono route that reads a body and answers, as a process of its own.

import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono().post('/webhooks/customers', async (c) => {
  await c.req.json()
  return c.json({ status: 'accepted' }, 202)
})

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.argv[2]) })
