// The secrets of a local stack: created once, then read from the data folder.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const Secrets = z.object({
  webhookSecret: z.string(),
  operatorToken: z.string(),
  /** In the form of PAYLOAD_KEYS. */
  payloadKeys: z.string(),
})
export type LocalSecrets = z.output<typeof Secrets>

// The secrets of onramp 0.2.0 have no key.
const StoredSecrets = Secrets.partial({ payloadKeys: true })
type StoredSecrets = z.output<typeof StoredSecrets>

export function secretsFile(dataDir: string): string {
  return join(dataDir, 'secrets.json')
}

/** The file of the local Temporal server's database. */
export function temporalDatabase(dataDir: string): string {
  return join(dataDir, 'temporal.sqlite')
}

/**
 * The secrets of this data folder; `null` when it has none yet.
 *
 * @throws Error when the file has other content; the message does not quote the content
 */
export function readSecrets(dataDir: string): StoredSecrets | null {
  const file = secretsFile(dataDir)
  if (!existsSync(file)) return null
  try {
    return StoredSecrets.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // The parser's own message quotes the text, which may be a secret.
    throw new Error(
      `${file} does not hold a webhookSecret and an operatorToken. Restore the file: without its payloadKeys nobody can read ` +
        `the customers in ${dataDir}. Or delete the whole folder, and \`npm start\` begins a new one.`,
    )
  }
}

/** Returns the secrets of this data folder, and creates those that it lacks. Only the owner can read the file. */
export function readOrCreateSecrets(dataDir: string): LocalSecrets {
  const existing = readSecrets(dataDir)
  if (existing?.payloadKeys !== undefined) return { ...existing, payloadKeys: existing.payloadKeys }

  // An earlier version of onramp stored its histories in clear, here or in a Temporal server elsewhere.
  const isOfEarlierVersion = existing !== null || existsSync(temporalDatabase(dataDir))
  const secrets = {
    webhookSecret: existing?.webhookSecret ?? `whsec_${randomBytes(32).toString('base64')}`,
    operatorToken: existing?.operatorToken ?? randomBytes(32).toString('base64url'),
    payloadKeys: isOfEarlierVersion ? `${newPayloadKey()} none` : newPayloadKey(),
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  // A rename is atomic, so no process reads half a file.
  const file = secretsFile(dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return secrets
}

/** The id differs from that of every other folder's key, so that a message about a missing key names the right one. */
function newPayloadKey(): string {
  return `local-${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}`
}
