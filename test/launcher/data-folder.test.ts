// The data folder of `npm start`: only its owner can read the customers' data and the secrets in it.

import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lockDataFolder } from '../../dev/launcher/data-folder-lock.ts'
import { aDataFolder } from '../support/launcher.ts'

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

describe('a data folder of an earlier version that other users can read', () => {
  it('is closed to them at the lock, with its secrets, databases and logs', async () => {
    const folder = await anOldDataFolder()
    const lines: string[] = []
    await lock(folder, (line) => lines.push(line))
    const entries = ['', 'secrets.json', 'temporal.sqlite', 'temporal.sqlite-wal', 'hubspot', 'hubspot/portal.sqlite']
    const modes = await Promise.all([...entries, 'logs', 'logs/worker.log'].map((entry) => modeOf(join(folder, entry))))
    expect(modes).toEqual(['700', '600', '600', '600', '700', '600', '700', '600'])
    expect(lines).toEqual([`Other users could read ${folder}. From now on only you can.`])
  })

  it('keeps the modes of files that are not of onramp', async () => {
    const folder = await anOldDataFolder()
    await writeFile(join(folder, 'notes.txt'), '')
    await chmod(join(folder, 'notes.txt'), 0o644)
    await lock(folder)
    expect(await modeOf(join(folder, 'notes.txt'))).toBe('644')
  })
})

describe('a new data folder', () => {
  it('is closed to other users without a word', async () => {
    await using parent = await aDataFolder()
    const lines: string[] = []
    const folder = join(parent.path, 'new')
    await lock(folder, (line) => lines.push(line))
    expect(await modeOf(folder)).toBe('700')
    expect(lines).toEqual([])
  })
})

describe('a folder with files of other programs that other users can read', () => {
  it('is not used, keeps its mode, and the message says what to do', async () => {
    await using folder = await aDataFolder()
    await writeFile(join(folder.path, 'index.html'), '')
    await chmod(folder.path, 0o755)
    await expect(lock(folder.path)).rejects.toThrow(
      `Other users can read the data folder ${folder.path}, which is not onramp’s alone. ` +
        'Set ONRAMP_DATA_DIR to a new folder, or make this one yours alone with `chmod 700`.',
    )
    expect(await modeOf(folder.path)).toBe('755')
    expect(await readdir(folder.path)).toEqual(['index.html'])
  })

  it('is not used when it is a folder for all users, such as /tmp', async () => {
    await using folder = await aDataFolder()
    await chmod(folder.path, 0o1777)
    await expect(lock(folder.path)).rejects.toThrow('Set ONRAMP_DATA_DIR to a new folder')
  })

  it('is used when only its owner can read it', async () => {
    await using folder = await aDataFolder()
    await writeFile(join(folder.path, 'index.html'), '')
    await lock(folder.path)
    expect(await modeOf(folder.path)).toBe('700')
  })
})

async function lock(folder: string, log: (line: string) => void = () => {}): Promise<void> {
  const held = await lockDataFolder({ folder, guardPid: null, log })
  onTestFinished(() => held.release())
}

async function anOldDataFolder(): Promise<string> {
  const folder = await aDataFolder()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  for (const name of ['hubspot', 'logs']) await mkdir(join(folder.path, name), { mode: 0o755 })
  const files = ['secrets.json', 'temporal.sqlite', 'temporal.sqlite-wal', 'hubspot/portal.sqlite', 'logs/worker.log']
  for (const file of files) {
    await writeFile(join(folder.path, file), '')
    await chmod(join(folder.path, file), 0o644)
  }
  await chmod(folder.path, 0o755)
  return folder.path
}
