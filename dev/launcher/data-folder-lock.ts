// Lets one launcher at a time use a data folder, since two Temporal servers on one file destroy each other's writes.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'

// The guard of a killed launcher gives its parts five seconds before it ends them by force.
const GUARD_TIMEOUT_MS = 10_000

export interface DataFolderLock {
  release(): void
}

/**
 * Takes the folder, makes it when it is not there, and waits for what a killed launcher has left in it to end.
 *
 * @throws Error when another launcher uses the folder
 */
export async function lockDataFolder(options: {
  folder: string
  /** Who ends our parts if we are killed. */
  guardPid: number | null
  log: (line: string) => void
}): Promise<DataFolderLock> {
  const { folder, guardPid, log } = options
  // The folder holds customers and secrets.
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const holderFile = join(folder, 'launcher.json')

  // A lock of SQLite's is one of the kernel's: it goes with the process, however that ends, so there is no stale lock to recognise.
  const lock = new DatabaseSync(join(folder, 'launcher.lock'))
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    const SQLITE_BUSY = 5
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    const by = holderOf(holderFile).launcher
    throw new Error(
      `The data folder ${folder} is in use by another launcher${by === null ? '' : ` (process ${by})`}. ` +
        'Stop that one first, or set ONRAMP_DATA_DIR to another folder.',
    )
  }

  const { guard } = holderOf(holderFile)
  if (guard !== null && isAlive(guard)) log('An earlier launcher was killed here; waiting for its parts to end …')
  const deadline = Date.now() + GUARD_TIMEOUT_MS
  while (guard !== null && isAlive(guard) && Date.now() < deadline) await sleep(50)

  writeFileSync(holderFile, JSON.stringify({ launcher: process.pid, guard: guardPid }))
  return {
    release() {
      rmSync(holderFile, { force: true })
      lock.close()
    },
  }
}

/** Who wrote that they have the folder. It only serves messages and waiting; the lock alone decides. */
function holderOf(file: string): { launcher: number | null; guard: number | null } {
  try {
    const { launcher = null, guard = null } = JSON.parse(readFileSync(file, 'utf8'))
    return { launcher, guard }
  } catch {
    return { launcher: null, guard: null }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // A process that has ended counts as there until its parent takes note of it; where there is a /proc, it knows better.
  const status = `/proc/${pid}/status`
  return !existsSync(status) || !/^State:\s*Z/m.test(readFileSync(status, 'utf8'))
}
