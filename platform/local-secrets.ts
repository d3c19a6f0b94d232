// The secrets of a local stack: created once, then read from the data folder.

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
 * The secrets of this data folder; `null` when it has none yet.
 *
 * @throws Error when the file has other content; the message does not quote the content
 */
export function readSecrets(dataDir: string): LocalSecrets | null {
  const file = secretsFile(dataDir)
  if (!existsSync(file)) return null
  try {
    return Secrets.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // The parser's own message quotes the text, which may be a secret.
    throw new Error(
      `${file} does not hold a webhookSecret and an operatorToken. Delete it, then run \`npm start\` to create new ones.`,
    )
  }
}

/** Returns the secrets of this data folder, and creates them when it has none. Only the owner can read the file. */
export function readOrCreateSecrets(dataDir: string): LocalSecrets {
  const existing = readSecrets(dataDir)
  if (existing) return existing

  const secrets = {
    webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    operatorToken: randomBytes(32).toString('base64url'),
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  // A rename is atomic, so no process reads half a file.
  const file = secretsFile(dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return secrets
}
