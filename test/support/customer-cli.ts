// `npm run customer` as a process: against onramp, or against an API that answers from a script.

import { execFile } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { Onramp } from './onramp.ts'
import { OPERATOR_TOKEN } from './sender.ts'

// A folder without `.env`, whose settings would count.
const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const SCRIPT = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

/** Runs a command against onramp, with its API on a port. */
export async function against({ app }: Onramp, args: string[]): Promise<Ended> {
  await using server = await served(app)
  return await run(args, { ONRAMP_URL: server.url, ONRAMP_TOKEN: OPERATOR_TOKEN })
}

export interface Ended {
  output: string
  exitCode: number | null
}

/** Runs a command as a process. */
export async function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const { stdout, stderr, exitCode } = await runApart(args, env)
  return { output: stdout + stderr, exitCode }
}

/** The same, with standard output and standard error apart. */
export async function runApart(args: string[], env: Record<string, string>) {
  return await new Promise<{ stdout: string; stderr: string; exitCode: number | null }>((resolve) => {
    const options = { cwd: FOLDER, env: { PATH: process.env['PATH'], ...env } }
    const child = execFile(process.execPath, [SCRIPT, ...args], options, (_, stdout, stderr) => {
      resolve({ stdout, stderr, exitCode: child.exitCode })
    })
  })
}

/** A response: status, body and headers. */
export type Scripted = [status: number, body?: object | string, headers?: Record<string, string>]

/** An API that answers each request from a script, with one response after the other where it has several; the last one repeats. */
export async function aScriptedApi(script: Record<string, Scripted | Scripted[]>) {
  const requests: string[] = []
  const app = new Hono()
  app.all('*', (c) => {
    if (c.req.header('authorization') !== `Bearer ${OPERATOR_TOKEN}`) return c.json({}, 401)
    const { pathname, search } = new URL(c.req.url)
    const request = `${c.req.method} ${pathname}${search}`
    requests.push(request)
    const scripted = script[request]
    const next = Array.isArray(scripted?.[0]) ? nextOf(scripted as Scripted[]) : (scripted as Scripted | undefined)
    const [status, body = {}, headers = {}] = next ?? [404]
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
  })
  const server = await served(app)
  return { ...server, requests, env: { ONRAMP_URL: server.url, ONRAMP_TOKEN: OPERATOR_TOKEN } }
}

function nextOf(responses: Scripted[]): Scripted | undefined {
  return responses.length > 1 ? responses.shift() : responses[0]
}

export async function served(app: Hono): Promise<{ url: string; [Symbol.asyncDispose]: () => Promise<void> }> {
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
