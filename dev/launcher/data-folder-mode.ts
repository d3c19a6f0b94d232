// Closes the data folder to other users, since it has customers' data and secrets.

import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const OTHERS = 0o077
const STICKY = 0o1000

// A folder with one of these names has been a data folder before. SQLite adds -wal and -shm to a file's name.
const OURS = /^(secrets\.json|format\.json|launcher\.json|launcher\.lock|temporal\.sqlite)/
const OURS_INSIDE = { hubspot: /^portal\.sqlite/, logs: /\.log/ }

/**
 * Creates the folder for its owner alone, or takes an existing data folder from other users: 0700, and 0600 for its files.
 *
 * @throws Error when other users can read the folder, and it is not onramp's alone
 */
export function closeDataFolder(folder: string, log: (line: string) => void): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!isOpen(folder)) return
  // Another mode of a folder such as /srv would stop the other programs that use it.
  if (!isDataFolder(folder) || !close(folder, 0o700)) {
    throw new Error(
      `Other users can read the data folder ${folder}, which is not onramp’s alone. ` +
        'Set ONRAMP_DATA_DIR to a new folder, or make this one yours alone with `chmod 700`.',
    )
  }
  for (const file of filesIn(folder, OURS)) close(file, 0o600)
  for (const [name, files] of Object.entries(OURS_INSIDE)) {
    const inside = join(folder, name)
    if (!existsSync(inside)) continue
    close(inside, 0o700)
    for (const file of filesIn(inside, files)) close(file, 0o600)
  }
  log(`Other users could read ${folder}. From now on only you can.`)
}

function isOpen(path: string): boolean {
  return (statSync(path).mode & OTHERS) !== 0
}

/** A folder that is empty or has been a data folder before. A sticky one, such as /tmp, is for all users. */
function isDataFolder(folder: string): boolean {
  const names = readdirSync(folder)
  const isForAll = (statSync(folder).mode & STICKY) !== 0
  return !isForAll && (names.length === 0 || names.some((name) => OURS.test(name)))
}

function filesIn(folder: string, names: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => join(folder, entry.name))
}

/** Returns `false` when the path belongs to another user. */
function close(path: string, mode: number): boolean {
  try {
    chmodSync(path, mode)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
    return false
  }
}
