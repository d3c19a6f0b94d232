// The secrets that `npm start` makes: once for a data folder, and with a key of payloads in a folder of an earlier version.

import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../platform/config.ts'
import { readOrCreateSecrets } from '../../platform/local-secrets.ts'
import { aDataFolder } from '../support/launcher.ts'

const EARLIER = { webhookSecret: 'whsec_b25yYW1wLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE=', operatorToken: 'token-of-0.2.0' }

describe('the secrets of a new data folder', () => {
  it('are made once, with a key that encrypts and no reading in clear', async () => {
    await using folder = await aDataFolder()
    const secrets = readOrCreateSecrets(folder.path)
    expect(readOrCreateSecrets(folder.path)).toEqual(secrets)
    const { payloadKeys } = loadConfig({ PAYLOAD_KEYS: secrets.payloadKeys })
    expect(payloadKeys).toMatchObject({ encrypting: { id: expect.stringMatching(/^local-/) }, readsClear: false })
    expect((await stat(join(folder.path, 'secrets.json'))).mode & 0o777).toBe(0o600)
  })

  it('have another key in each folder', async () => {
    await using one = await aDataFolder()
    await using other = await aDataFolder()
    expect(readOrCreateSecrets(one.path).payloadKeys).not.toBe(readOrCreateSecrets(other.path).payloadKeys)
  })
})

describe('the secrets of a data folder of 0.2.0', () => {
  it('stay, and get a key, with which histories in clear are read as well', async () => {
    await using folder = await aDataFolder()
    await writeFile(join(folder.path, 'secrets.json'), JSON.stringify(EARLIER))
    const secrets = readOrCreateSecrets(folder.path)
    expect(secrets).toMatchObject(EARLIER)
    expect(JSON.parse(await readFile(join(folder.path, 'secrets.json'), 'utf8'))).toEqual(secrets)
    const { payloadKeys } = loadConfig({ PAYLOAD_KEYS: secrets.payloadKeys })
    expect(payloadKeys).toMatchObject({ encrypting: { id: expect.stringMatching(/^local-/) }, readsClear: true })
  })

  it('whose file was deleted get a key as well, with which histories in clear are read', async () => {
    await using folder = await aDataFolder()
    await writeFile(join(folder.path, 'temporal.sqlite'), '')
    expect(readOrCreateSecrets(folder.path).payloadKeys).toMatch(/ none$/)
  })
})
