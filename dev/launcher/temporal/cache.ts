// The cache folder of the Temporal CLI. A cached program runs only when no other user could have changed it.

// The check is of owner and mode, not of the hash: hashing the 156 MB takes 270 to 360 ms at each start, and the check takes none.
// Nothing changes between check and use, since only the user and root can write to the folder.

import { constants } from 'node:fs'
import { access, chmod, lstat, mkdir, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'

const WRITABLE_BY_OTHERS = 0o022
const STICKY = 0o1000

/** `changeable`: other users could have changed what is in the folder or in the file. */
type Found = 'safe' | 'changeable' | 'missing'

/**
 * Creates the folder if it is missing. Takes the right to write from other users if the folder is the user's own.
 *
 * @returns `changeable` when other users could write to it until now
 * @throws Error when other users can still write to it
 */
export async function secureCacheFolder(folder: string): Promise<Found> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const before = await stat(folder)
  if (isOurs(before)) return 'safe'
  // A folder such as /tmp is for all users, and must stay so.
  if ((before.mode & STICKY) === 0) await chmod(folder, before.mode & 0o7777 & ~WRITABLE_BY_OTHERS).catch(() => {})
  if (isOurs(await stat(folder))) return 'changeable'
  throw new Error(
    `Other users can change ${folder}, the cache folder for the Temporal CLI. Set ONRAMP_CACHE_DIR to a folder of your own.`,
  )
}

/** Looks at the file itself and follows no link. A file that nobody may execute counts as missing. */
export async function cachedProgram(file: string): Promise<Found> {
  const found = await lstat(file).catch(() => null)
  if (found === null) return 'missing'
  if (!found.isFile() || !isOurs(found)) return 'changeable'
  return await access(file, constants.X_OK).then(
    () => 'safe',
    () => 'missing',
  )
}

/** Root can change every file anyway, so a folder of root's, as in a container image, is as good as the user's own. */
function isOurs({ uid, mode }: Stats): boolean {
  return (uid === process.getuid?.() || uid === 0) && (mode & WRITABLE_BY_OTHERS) === 0
}
