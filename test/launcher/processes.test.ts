// The processes of a local stack: how they end, and how their logs and files are kept.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../dev/launcher/free-ports.ts'
import { startSupervisor } from '../../dev/launcher/processes.ts'
import type { StackProcess, Supervisor } from '../../dev/launcher/processes.ts'
import { startTemporalServer } from '../../dev/launcher/temporal/server.ts'
import { alive, descendantsOf } from '../support/launcher.ts'
import { testTemporalCli } from '../support/temporal.ts'

let folder: string
let supervisor: Supervisor

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onramp-processes-'))
  supervisor = startSupervisor()
})

afterEach(async () => {
  await supervisor.close({ top: 0, base: 0 })
  await rm(folder, { recursive: true, force: true })
})

describe('a process that is stopped', () => {
  it('gets its time to finish', async () => {
    const child = aProcess(`trap 'sleep 0.3; echo finished; exit 0' TERM; echo ready; while :; do sleep 0.1; done`)
    await expect.poll(() => child.lastLines()).toEqual(['ready'])
    await child.stop(5_000)
    expect(await child.ended).toBe('exited with code 0')
    expect(child.lastLines().at(-1)).toBe('finished')
  })

  it('is killed with its descendants when it does not end in time', async () => {
    const child = aProcess(`trap '' TERM; sh -c 'trap "" TERM; while :; do sleep 1; done' & echo ready; wait`)
    await expect.poll(() => child.lastLines()).toEqual(['ready'])
    const started = await descendantsOf(child.pid!)
    expect(started.length).toBeGreaterThan(0)
    await child.stop(100)
    expect(await child.ended).toBe('was ended by SIGKILL')
    expect(await alive(started)).toEqual([])
  })
})

describe('a process that ends by itself', () => {
  it('leaves its exit code and its last twenty lines', async () => {
    const child = aProcess('i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i; done; exit 7')
    expect(await child.ended).toBe('exited with code 7')
    expect(child.lastLines()).toEqual(Array.from({ length: 20 }, (_, index) => `line ${index + 11}`))
  })

  it('takes its descendants with it', async () => {
    const child = aProcess('sleep 600 & echo $!')
    await child.ended
    await expect.poll(() => alive([{ pid: Number(child.lastLines()[0]), command: 'sleep 600' }])).toEqual([])
  })

  it('differs from one that could not be started', async () => {
    const child = supervisor.start({ ...common(), command: '/nowhere/at/all', args: [] })
    expect(await child.ended).toMatch(/^could not be started: .*ENOENT/)
  })

  it('keeps the output of its previous run in a second file', async () => {
    await aProcess('echo first').ended
    await aProcess('echo second').ended
    expect(await readFile(join(folder, 'process.log'), 'utf8')).toBe('second\n')
    expect(await readFile(join(folder, 'process.log.previous'), 'utf8')).toBe('first\n')
  })
})

describe('a stack that is stopping', () => {
  it('starts no further process', async () => {
    await supervisor.close()
    expect(() => aProcess('true')).toThrow('is not started')
  })

  it('stops the top layer before the base layer that it uses', async () => {
    const wait = `trap 'sleep 0.2; echo ended >> ${folder}/order; exit 0' TERM; echo ready; while :; do sleep 0.1; done`
    const base = aProcess(wait.replace('ended', 'base').replace('sleep 0.2; ', ''), { layer: 'base', name: 'base' })
    const top = aProcess(wait.replace('ended', 'top'), { layer: 'top', name: 'top' })
    await expect.poll(() => [...base.lastLines(), ...top.lastLines()]).toEqual(['ready', 'ready'])
    await supervisor.close()
    expect(await readFile(join(folder, 'order'), 'utf8')).toBe('top\nbase\n')
  })
})

describe('the file of a Temporal server', () => {
  it('is locked for a second server, and free at once when the first is killed', async () => {
    const start = async () =>
      await startTemporalServer({
        cli: await testTemporalCli(supervisor),
        supervisor,
        env: process.env,
        port: await freePort(),
        uiPort: null,
        file: join(folder, 'temporal.sqlite'),
        logFile: join(folder, `${await freePort()}.log`),
        releaseTimeoutMs: 300,
      })
    const first = await start()
    await expect(start()).rejects.toThrow(`Another Temporal server is using ${folder}/temporal.sqlite.`)

    process.kill(first.pid!, 'SIGKILL')
    await first.ended
    const second = await start()
    expect(second.address).toMatch(/^127\.0\.0\.1:\d+$/)
  })
})

function common(name = 'process') {
  return { name, layer: 'base' as const, env: process.env, logFile: join(folder, `${name}.log`) }
}

function aProcess(script: string, options: { layer?: 'top' | 'base'; name?: string } = {}): StackProcess {
  return supervisor.start({ ...common(options.name), ...options, command: 'sh', args: ['-c', script] })
}
