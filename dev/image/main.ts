// `npm run image:check`: builds the image of deploy/Dockerfile without a registry, starts it, and onboards a customer with it.
// It needs Linux with root, and Debian's packages debootstrap and buildah. With TEMPORAL_ADDRESS it uses that Temporal server (namespace
// default, no TLS) instead of a development server.

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmulatorControl } from 'hubspot-emulator/control'
import { loadConfig } from '../../platform/config.ts'
import { freePort } from '../launcher/free-ports.ts'
import { startSupervisor } from '../launcher/processes.ts'
import { temporalCli, userCacheDir } from '../launcher/temporal/cli.ts'
import { startTemporalServer } from '../launcher/temporal/server.ts'
import { postEvent } from '../send/webhook.ts'
import { buildImage } from './build.ts'
import type { BuiltImage } from './build.ts'
import { startContainer } from './container.ts'
import type { Container } from './container.ts'

const SIZE_LIMIT_MB = 400
// A customer arrives within a second; the rest is for a busy machine.
const PATIENCE_MS = 60_000
// Kubernetes waits for thirty seconds before it kills.
const STOP_LIMIT_MS = 15_000

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
const OPERATOR_TOKEN = 'operator-token-of-the-image-check'
const PAYLOAD_KEYS = `check:${Buffer.alloc(32, 1).toString('base64')}`

const say = (line: string) => console.log(line)
let failed = 0
const running: Container[] = []
const supervisor = startSupervisor()
const work = await mkdtemp(join(tmpdir(), 'onramp-image-'))
let image: BuiltImage | null = null

try {
  image = buildImage(work, say)
  checkFiles(image)
  await checkUser(image)
  await checkProcesses(image)
} finally {
  for (const container of running) container.kill()
  await supervisor.close()
  image?.remove()
  await rm(work, { recursive: true, force: true })
}
say(failed === 0 ? 'The image is as it should be.' : `${failed} checks failed.`)
process.exitCode = failed === 0 ? 0 : 1

function check(what: string, holds: boolean, output = ''): void {
  say(`${holds ? 'ok    ' : 'FAILED'} ${what}`)
  if (holds) return
  failed += 1
  if (output !== '') say(output)
}

function checkFiles({ files, config }: BuiltImage): void {
  const lines = execFileSync('du', ['--summarize', '--apparent-size', '--block-size=1', files], { encoding: 'utf8' })
  const megabytes = Math.round(Number(lines.split('\t')[0]) / 1e6)
  check(`size: ${megabytes} MB of at most ${SIZE_LIMIT_MB}`, megabytes < SIZE_LIMIT_MB)
  const version = config.Labels['org.opencontainers.image.version']
  const packageJson = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  check(`label: version ${version}`, version === (JSON.parse(packageJson) as { version: string }).version)
  const inApp = execFileSync('ls', ['-A', join(files, 'app')], { encoding: 'utf8' })
    .trim()
    .split('\n')
  const strange = inApp.filter((name) => ['.env', '.git', '.data', 'test', 'dev'].includes(name))
  check(`files: ${inApp.join(' ')}`, strange.length === 0)
  const bundles = execFileSync('ls', [join(files, 'app/build')], { encoding: 'utf8' }).trim()
  check(`workflow code: ${bundles}`, /^workflow-bundle-\w+\.js$/.test(bundles))
}

async function checkUser({ config, ...image }: BuiltImage): Promise<void> {
  const shell = (script: string) => ({ ...image, config: { ...config, Entrypoint: ['sh', '-c', script] } })
  const user = startContainer(shell('id -u'), [], {})
  await user.ended
  check(`user: ${user.output().trim()}`, user.output().trim() === config.User.split(':')[0])
  const writer = startContainer(shell('touch /app/file || touch /tmp/file'), [], {})
  check('its files are read-only', (await writer.ended) !== 0, writer.output())
}

async function checkProcesses(image: BuiltImage): Promise<void> {
  const ports = {
    EMULATOR_PORT: await freePort(),
    PORT: await freePort(),
    api: await freePort(),
    worker: await freePort(),
  }
  const temporal = process.env['TEMPORAL_ADDRESS'] ?? (await startTemporal())
  const hubspot = `http://127.0.0.1:${ports.EMULATOR_PORT}`
  const api = `http://127.0.0.1:${ports.PORT}`
  const env = { TEMPORAL_ADDRESS: temporal, HUBSPOT_BASE_URL: hubspot, PAYLOAD_KEYS }

  start(image, ['emulator'], { EMULATOR_PORT: String(ports.EMULATOR_PORT) })
  check('emulator answers', await answers(hubspot))
  for (const args of [['setup'], ['setup', '--check']]) {
    const setup = start(image, args, env)
    check(args.join(' '), (await setup.ended) === 0, setup.output())
  }
  const servers = {
    api: start(image, ['api'], {
      ...env,
      PORT: String(ports.PORT),
      METRICS_PORT: String(ports.api),
      WEBHOOK_SECRETS: WEBHOOK_SECRET,
      OPERATOR_TOKENS: OPERATOR_TOKEN,
    }),
    worker: start(image, ['worker'], { ...env, METRICS_PORT: String(ports.worker) }),
  }
  for (const [name, server] of Object.entries(servers)) {
    const isReady = await answers(`http://127.0.0.1:${ports[name as 'api' | 'worker']}/health/ready`)
    check(`${name} is ready`, isReady, server.output())
    const [kind, ...command] = image.config.Healthcheck.Test
    const healthy = startContainer({ ...image, config: { ...image.config, Entrypoint: command } }, [], {
      METRICS_PORT: String(ports[name as 'api' | 'worker']),
    })
    check(`the image's health check of ${name}`, kind === 'CMD' && (await healthy.ended) === 0, healthy.output())
  }

  const customerId = `cus_${randomUUID()}`
  const data = { customerId, email: 'ada@example.com', company: { name: 'Analytical Engines' } }
  const event = { type: 'customer.registered' as const, timestamp: new Date().toISOString(), data }
  await postEvent({ apiUrl: api, webhookSecret: WEBHOOK_SECRET, eventId: 'evt_1', event })
  const portal = new EmulatorControl(hubspot)
  const isOnboarded = await until(async () => (await portal.records()).associations.length === 1)
  check('a customer is onboarded', isOnboarded, servers.worker.output())
  const status = start(image, ['customer', 'status', customerId], { ONRAMP_URL: api, ONRAMP_TOKEN: OPERATOR_TOKEN })
  check('customer status', (await status.ended) === 0, status.output())
  for (const args of [['promote', '--check'], ['move']]) {
    const command = start(image, args, env)
    check(args.join(' '), (await command.ended) === 0, command.output())
  }

  const promotion = start(image, ['promote', '--build-id', 'none'], env)
  await until(async () => promotion.output().includes('Waiting for its workers'))
  const { code, tookMs } = await promotion.terminate()
  check(`promote ends with ${code} after SIGTERM`, code === 143 && tookMs < STOP_LIMIT_MS, promotion.output())
  for (const [name, server] of Object.entries(servers)) {
    const { code, tookMs } = await server.terminate()
    const what = `${name} ends with ${code}, ${(tookMs / 1000).toFixed(1)} s after SIGTERM`
    check(what, code === 0 && tookMs < STOP_LIMIT_MS, server.output())
  }
}

function start(image: BuiltImage, args: string[], env: Record<string, string>): Container {
  const container = startContainer(image, args, env)
  running.push(container)
  return container
}

async function startTemporal(): Promise<string> {
  const config = loadConfig(process.env)
  const cli = await temporalCli({
    configured: config.temporalCli ?? null,
    cacheDir: config.onrampCacheDir ?? userCacheDir(process.env),
    env: process.env,
    log: say,
    supervisor,
    signal: new AbortController().signal,
  })
  const place = { port: await freePort(), uiPort: null, file: null, logFile: join(work, 'temporal.log') }
  return (await startTemporalServer({ cli, supervisor, env: process.env, ...place })).address
}

async function answers(url: string): Promise<boolean> {
  return await until(async () => (await fetch(url)).ok)
}

async function until(holds: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS
  while (Date.now() < deadline) {
    if (await holds().catch(() => false)) return true
    await sleep(200)
  }
  return false
}
