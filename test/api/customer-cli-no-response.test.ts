// `npm run customer` without a response from the API: the output says why, and the exit code is 4.

import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../dev/launcher/free-ports.ts'
import { run, served } from '../support/customer-cli.ts'

it('exits with 4 when the API does not respond', async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  const { output, exitCode } = await run(['list'], { ONRAMP_URL: url, ONRAMP_TOKEN: 'x' })
  expect(output).toContain(`No response from ${url} (ECONNREFUSED). Set ONRAMP_URL`)
  expect(exitCode).toBe(4)
})

it('exits with 4 and names the variable for a certificate of an authority that Node does not know', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onramp-customer-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost']
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const server = createServer({ key: await readFile(key), cert: await readFile(cert) })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const { output, exitCode } = await run(['list'], { ONRAMP_URL: url, ONRAMP_TOKEN: 'x' })
  expect(output).toMatch(/^No response from https:\S+ \(DEPTH_ZERO_SELF_SIGNED_CERT\)\..* NODE_EXTRA_CA_CERTS /)
  expect(exitCode).toBe(4)
})

it('exits with 4 and says that a command may have been carried out when the connection breaks', async () => {
  const server = createTcpServer((socket) => socket.on('error', () => {}).once('data', () => socket.destroy()))
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const env = { ONRAMP_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ONRAMP_TOKEN: 'x' }
  const command = await run(['resume', 'cus_1'], env)
  expect(command.output).toMatch(
    /^No response from \S+ \(\w+\)\. The command may have been carried out nevertheless\. /,
  )
  const question = await run(['list'], env)
  expect(question.output).not.toContain('carried out')
  expect([command.exitCode, question.exitCode]).toEqual([4, 4])
})

it('exits with 4 and says that a command may have been carried out when no response comes in time', async () => {
  const app = new Hono().all('*', () => new Promise<Response>(() => {}))
  await using api = await served(app)
  const { output, exitCode } = await run(['resume', 'cus_1'], { ONRAMP_URL: api.url, ONRAMP_TOKEN: 'x' })
  expect(output).toContain(`No response from ${api.url} within 10 seconds. The command may have been carried out`)
  expect(exitCode).toBe(4)
})
