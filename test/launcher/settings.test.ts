// The lines that each process prints at its start about variables that are no settings of this version.

import { describe, expect, it, onTestFinished } from 'vitest'
import { aDataFolder, startLauncher } from '../support/launcher.ts'
import { startProcess } from '../support/process.ts'
import { WEBHOOK_SECRET } from '../support/sender.ts'

const PROCESSES = ['dev/launcher/main.ts', 'api/main.ts', 'worker/main.ts', 'worker/setup.ts'] as const

describe.each(PROCESSES)('%s', (entry) => {
  it('warns once about each unknown variable, and names the setting that was meant', async () => {
    // The process ends by itself at a setting that it reads after the warnings.
    const { output } = await run(entry, {
      HUBSPOT_ACCES_TOKEN: 'hunter2',
      ONRAMP_VERBOSE: 'hunter2',
      TEMPORAL_PROFILE: 'no-such-profile',
      TEMPORAL_CLI: '/nowhere/temporal',
    })
    expect(output.match(/HUBSPOT_ACCES_TOKEN .* Do you mean HUBSPOT_ACCESS_TOKEN\?/g)).toHaveLength(1)
    expect(output.match(/ONRAMP_VERBOSE .* See \.env\.example\./g)).toHaveLength(1)
    expect(output).not.toContain('hunter2')
  })

  it('exits with 1 when ONRAMP_MAPPING is set, since it would have no effect', async () => {
    const { output, exitCode } = await run(entry, { ONRAMP_MAPPING: 'hunter2' })
    expect(output).toMatch(/^The settings cannot be used:\n {2}ONRAMP_MAPPING is not a setting of this version: .+\n$/)
    expect(output).not.toContain('hunter2')
    expect(exitCode).toBe(1)
  })

  it('exits with 1 when PAYLOAD_KEYS holds no key, and does not print what it holds', async () => {
    const { output, exitCode } = await run(entry, { PAYLOAD_KEYS: 'hunter2' })
    expect(output).toMatch(/^The settings cannot be used:\n {2}PAYLOAD_KEYS entry 1 must be <key id>:.+\n$/)
    expect(output).not.toContain('hunter2')
    expect(exitCode).toBe(1)
  })
})

describe.each(['api/main.ts', 'worker/main.ts'] as const)('%s without keys of payloads', (entry) => {
  it('exits with 1, since customers would stand in clear in Temporal', async () => {
    const { output, exitCode } = await run(entry, { PAYLOAD_KEYS: '' })
    expect(output).toBe('The settings cannot be used:\n  PAYLOAD_KEYS must be set; see .env.example\n')
    expect(exitCode).toBe(1)
  })
})

async function run(
  entry: (typeof PROCESSES)[number],
  env: Record<string, string>,
): Promise<{ output: string; exitCode: number | null }> {
  if (entry === 'dev/launcher/main.ts') {
    await using folder = await aDataFolder()
    await using launcher = startLauncher({ dataDir: folder.path, env })
    const exitCode = await launcher.exited
    return { output: launcher.output(), exitCode }
  }
  const needed = {
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    HUBSPOT_BASE_URL: 'http://127.0.0.1:1',
    PORT: '0',
    METRICS_PORT: '0',
  }
  const started = startProcess(entry, { ...needed, ...env })
  onTestFinished(async () => void (await started.end('SIGKILL')))
  return { exitCode: await started.ended, output: started.output() }
}
