// The parts of a local stack as processes: how they end, and what they keep to themselves.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../dev/launcher/free-ports.ts'
import { superviseParts } from '../../dev/launcher/processes.ts'
import type { Part, Supervisor } from '../../dev/launcher/processes.ts'
import { startTemporalServer } from '../../dev/launcher/temporal/server.ts'
import { alive, descendantsOf } from '../support/launcher.ts'
import { testTemporalCli } from '../support/temporal.ts'

let folder: string
let supervisor: Supervisor

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onramp-parts-'))
  supervisor = superviseParts()
})

afterEach(async () => {
  await supervisor.close({ top: 0, base: 0 })
  await rm(folder, { recursive: true, force: true })
})

describe('a part that is asked to end', () => {
  it('has its time to finish', async () => {
    const part = aPart(`trap 'sleep 0.3; echo finished; exit 0' TERM; echo ready; while :; do sleep 0.1; done`)
    await expect.poll(() => part.lastLines()).toEqual(['ready'])
    await part.stop(5_000)
    expect(await part.ended).toBe('exited with code 0')
    expect(part.lastLines().at(-1)).toBe('finished')
  })

  it('is ended by force when it does not listen, with all that it has started', async () => {
    const part = aPart(`trap '' TERM; sh -c 'trap "" TERM; while :; do sleep 1; done' & echo ready; wait`)
    await expect.poll(() => part.lastLines()).toEqual(['ready'])
    const started = await descendantsOf(part.pid!)
    expect(started.length).toBeGreaterThan(0)
    await part.stop(100)
    expect(await part.ended).toBe('was ended by SIGKILL')
    expect(await alive(started)).toEqual([])
  })
})

describe('a part that ends by itself', () => {
  it('leaves its exit code and its last twenty lines', async () => {
    const part = aPart('i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i; done; exit 7')
    expect(await part.ended).toBe('exited with code 7')
    expect(part.lastLines()).toEqual(Array.from({ length: 20 }, (_, index) => `line ${index + 11}`))
  })

  it('takes along what it has started and left behind', async () => {
    const part = aPart('sleep 600 & echo $!')
    await part.ended
    await expect.poll(() => alive([{ pid: Number(part.lastLines()[0]), command: 'sleep 600' }])).toEqual([])
  })

  it('is told apart from one that never began', async () => {
    const part = supervisor.start({ ...common(), command: '/nowhere/at/all', args: [] })
    expect(await part.ended).toMatch(/^could not be started: .*ENOENT/)
  })

  it('keeps what it said the time before in a file beside', async () => {
    await aPart('echo first').ended
    await aPart('echo second').ended
    expect(await readFile(join(folder, 'part.log'), 'utf8')).toBe('second\n')
    expect(await readFile(join(folder, 'part.log.previous'), 'utf8')).toBe('first\n')
  })
})

describe('a stack that is being stopped', () => {
  it('starts nothing any more', async () => {
    await supervisor.close()
    expect(() => aPart('true')).toThrow('is not started')
  })

  it('ends the parts on top before the base that they use', async () => {
    const wait = `trap 'sleep 0.2; echo ended >> ${folder}/order; exit 0' TERM; echo ready; while :; do sleep 0.1; done`
    const base = aPart(wait.replace('ended', 'base').replace('sleep 0.2; ', ''), { layer: 'base', name: 'base' })
    const top = aPart(wait.replace('ended', 'top'), { layer: 'top', name: 'top' })
    await expect.poll(() => [...base.lastLines(), ...top.lastLines()]).toEqual(['ready', 'ready'])
    await supervisor.close()
    expect(await readFile(join(folder, 'order'), 'utf8')).toBe('top\nbase\n')
  })
})

describe('the file of a Temporal server', { timeout: 60_000 }, () => {
  it('is refused to a second server, and free again at once when the first is killed', async () => {
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

function common(name = 'part') {
  return { name, layer: 'base' as const, env: process.env, logFile: join(folder, `${name}.log`) }
}

function aPart(script: string, options: { layer?: 'top' | 'base'; name?: string } = {}): Part {
  return supervisor.start({ ...common(options.name), ...options, command: 'sh', args: ['-c', script] })
}
