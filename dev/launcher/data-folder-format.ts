// Records the format of the workflow histories in the data folder. onramp does not start when it cannot replay these
// histories.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporalDatabase } from '../../platform/local-secrets.ts'

// onramp 0.1.0 wrote format 1 and no format file.
const FORMAT = 2

/**
 * Writes the format to a new folder, or checks it when the folder has a Temporal database.
 *
 * @throws Error when another version wrote the database; the message says what to do
 */
export function checkDataFolderFormat(folder: string): void {
  const file = join(folder, 'format.json')
  const isNew = !existsSync(temporalDatabase(folder))
  if (isNew) writeFileSync(file, `${JSON.stringify({ format: FORMAT })}\n`)
  const format = isNew ? FORMAT : formatIn(file)
  if (format === FORMAT) return
  const writer = format === 1 ? 'onramp 0.1.0' : 'another version of onramp'
  throw new Error(
    `The data folder ${folder} is from ${writer}, whose workflow histories this version cannot replay. ` +
      'Delete the folder and start again, or set ONRAMP_DATA_DIR to another one.',
  )
}

function formatIn(file: string): unknown {
  if (!existsSync(file)) return 1
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { format?: unknown }).format
  } catch {
    return null
  }
}
