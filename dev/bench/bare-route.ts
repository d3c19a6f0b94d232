// The baseline of `npm run bench -- accept`: a Hono route that reads a body and answers 202. It runs in its own process.

import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono().post('/webhooks/customers', async (c) => {
  await c.req.json()
  return c.json({ status: 'accepted' }, 202)
})

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.argv[2]) })
