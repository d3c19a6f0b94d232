// Makes the secrets of a laptop once, and finds them again.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const Secrets = z.object({ webhookSecret: z.string(), operatorToken: z.string() })
export type LocalSecrets = z.output<typeof Secrets>

export function secretsFile(dataDir: string): string {
  return join(dataDir, 'secrets.json')
}

/**
 * The secrets of this data folder; `null` when none have been made yet.
 *
 * @throws Error when the file holds something else; the message quotes nothing of it
 */
export function readSecrets(dataDir: string): LocalSecrets | null {
  const file = secretsFile(dataDir)
  if (!existsSync(file)) return null
  try {
    return Secrets.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // The parser's own message would show a piece of the text, which may be a secret.
    throw new Error(
      `${file} does not hold a webhookSecret and an operatorToken. Delete it; \`npm start\` makes new ones.`,
    )
  }
}

/** The secrets of this data folder, made now when it has none. Only their owner can read the file. */
export function readOrMakeSecrets(dataDir: string): LocalSecrets {
  const known = readSecrets(dataDir)
  if (known) return known

  const secrets = {
    webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    operatorToken: randomBytes(32).toString('base64url'),
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  // Written aside and moved, so that nobody ever reads half a file.
  const file = secretsFile(dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return secrets
}
