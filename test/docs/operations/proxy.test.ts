// docs/operations/proxy.md: nginx with the page's configuration, in front of an API as a process. The part with nginx is skipped where it is not
// installed.

import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, fetch } from 'undici'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startApi } from '../../support/installation.ts'
import { blockOf, runPage } from '../../support/page-commands.ts'
import { OPERATOR_TOKEN, signedRequest } from '../../support/sender.ts'
import { freePort } from '../../support/temporal.ts'

const PAGE = 'operations/proxy.md'
const NGINX = ['/usr/sbin/nginx', '/usr/bin/nginx', '/opt/homebrew/bin/nginx'].find((path) => existsSync(path))
const insecure = new Agent({ connect: { rejectUnauthorized: false } })

/** The page's configuration, with the ports and the certificate of this test. */
async function startProxy(): Promise<{ url: string; caFile: string }> {
  const { url: api } = await startApi({ TEMPORAL_TASK_QUEUE: `nobody-${randomUUID()}` })
  const folder = await mkdtemp(join(tmpdir(), 'onramp-test-nginx-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [key, certificate] = [join(folder, 'tls.key'), join(folder, 'tls.crt')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...names]
  execFileSync('openssl', [...options, '-keyout', key, '-out', certificate], { stdio: 'ignore' })
  const port = await freePort()
  const site = blockOf(PAGE, '#', 'nginx')
    .replace('127.0.0.1:3000', new URL(api).host)
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('onramp.example.com', 'localhost')
    .replace('/etc/onramp/tls.crt', certificate)
    .replace('/etc/onramp/tls.key', key)
  await mkdir(join(folder, 'tmp'))
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/tmp;`)
    .join('\n')
  const file = join(folder, 'nginx.conf')
  await writeFile(file, `pid ${folder}/pid;\nevents {}\nhttp {\n${paths}\n${site}\n}\n`)
  const nginx = spawn(NGINX ?? '', ['-c', file, '-p', folder, '-e', join(folder, 'error.log'), '-g', 'daemon off;'])
  let output = ''
  nginx.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  onTestFinished(() => void nginx.kill('SIGKILL'))
  const url = `https://localhost:${port}`
  const ready = async () => (await fetch(`${url}/health/ready`, { dispatcher: insecure })).status
  await expect.poll(() => ready().catch(() => output)).toBe(200)
  return { url, caFile: certificate }
}

describe('the page’s commands, straight to an API', () => {
  it('get an answer for an operator’s token, and lines of the console’s stream', async () => {
    const { url: ONRAMP_URL } = await startApi({ TEMPORAL_TASK_QUEUE: `nobody-${randomUUID()}` })
    const env = { ONRAMP_URL, ONRAMP_TOKEN: OPERATOR_TOKEN }
    await expect.poll(() => runPage(PAGE, "printf 'header", env)).toBe('200\n')
    expect(await runPage(PAGE, 'jar=', env)).toMatch(/^(id|data|:)/m)
  })
})

describe.skipIf(NGINX === undefined)('nginx with the page’s configuration', () => {
  it('passes events byte by byte, up to the largest body, and lets the API reject larger ones', async () => {
    const { url } = await startProxy()
    const send = async (body: string) => {
      const { headers } = signedRequest(body)
      const init = { method: 'POST', headers: [...headers], body, dispatcher: insecure } as object
      let status = 503
      // A busy machine answers 503, and the product repeats the event.
      while (status === 503) ({ status } = await fetch(`${url}/webhooks/customers`, init))
      return status
    }
    const customerId = `cus_${randomUUID()}`
    const event = { type: 'customer.updated', timestamp: new Date().toISOString(), data: { customerId, phone: 'ü €' } }
    // White space that a proxy would lose if it read the JSON.
    expect(await send(JSON.stringify(event, null, 3))).toBe(202)
    const text = JSON.stringify(event)
    const largest = text + ' '.repeat(64 * 1024 - Buffer.byteLength(text))
    expect(await send(largest)).toBe(202)
    expect(await send(`${largest} `)).toBe(413)
  })

  it('passes an operator’s token, and the console’s stream at once, by the page’s commands', async () => {
    const { url: ONRAMP_URL, caFile } = await startProxy()
    const env = { ONRAMP_URL, ONRAMP_TOKEN: OPERATOR_TOKEN, CURL_CA_BUNDLE: caFile }
    expect(await runPage(PAGE, "printf 'header", env)).toBe('200\n')
    const startedAt = performance.now()
    expect(await runPage(PAGE, 'jar=', env)).toMatch(/^(id|data|:)/m)
    expect(performance.now() - startedAt).toBeLessThan(30_000)
  })

  it('makes the console’s session a cookie that browsers send over TLS only, also when a client says http', async () => {
    const { url } = await startProxy()
    const login = async (headers: Record<string, string>) => {
      const body = new URLSearchParams({ token: OPERATOR_TOKEN }).toString()
      const form = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
      const options = { method: 'POST', headers: form, body, redirect: 'manual', dispatcher: insecure } as const
      return await fetch(`${url}/console/login`, options)
    }
    const { status, headers } = await login({ origin: url, 'x-forwarded-proto': 'http' })
    expect(status).toBe(303)
    expect(headers.get('set-cookie')).toContain('; Secure')
    expect((await login({ origin: 'https://elsewhere.example' })).status).toBe(403)
  })
})
