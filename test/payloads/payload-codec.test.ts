// The payload codec: what it encrypts, and what it does with payloads that it cannot decrypt.

import type { Payload, SerializationContext } from '@temporalio/common'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EncryptingCodec } from '../../platform/payloads/payload-codec.ts'
import type { PayloadCodecOptions, Unreadable } from '../../platform/payloads/payload-codec.ts'
import { OTHER_KEY, PAYLOAD_KEYS, ringOf } from '../support/payload-keys.ts'

const ADA: SerializationContext = { type: 'workflow', namespace: 'default', workflowId: 'onboarding/cus_ada' }
const BOB: SerializationContext = { ...ADA, workflowId: 'onboarding/cus_bob' }
const CREATE_CONTACT: SerializationContext = { ...ADA, type: 'activity', activityId: '1', isLocal: true }

function codecWith(keys = PAYLOAD_KEYS, options: Partial<PayloadCodecOptions> = {}) {
  const seen: Unreadable[] = []
  const codec = new EncryptingCodec({
    ring: ringOf(keys),
    namespace: 'default',
    unreadableMessages: 'mark',
    onUnreadable: (unreadable) => seen.push(unreadable),
    ...options,
  })
  return { codec, seen }
}

const inClear = (text: string): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(text)),
})

it('reads what the server itself writes in clear when it cancels an activity', async () => {
  const { codec, seen } = codecWith()
  const payload = inClear('ACTIVITY_ID_NOT_STARTED')
  expect(await codec.decode([payload], CREATE_CONTACT)).toEqual([payload])
  expect(seen).toEqual([])
  expect(await codec.decode([payload], ADA)).not.toEqual([payload])
})

async function encoded(text: string, keys = PAYLOAD_KEYS, context?: SerializationContext): Promise<Payload> {
  const [payload] = await codecWith(keys).codec.encode([inClear(text)], context)
  return payload!
}

async function decoded(payload: Payload, keys = PAYLOAD_KEYS, context?: SerializationContext): Promise<string> {
  const [read] = await codecWith(keys).codec.decode([payload], context)
  return Buffer.from(read?.data ?? []).toString()
}

const textOf = (payload: Payload) =>
  Object.fromEntries(
    Object.entries(payload.metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString()]),
  )

/** Whether the workflow gets a marker in place of the payload. */
const isMarked = (payload: Payload | undefined) => textOf(payload ?? {}).encoding === 'binary/undecodable'

describe('a payload', () => {
  it('names its key and its workflow in clear, and nothing else', async () => {
    const payload = await encoded('Ada', PAYLOAD_KEYS, ADA)
    expect(textOf(payload)).toEqual({
      encoding: 'binary/encrypted',
      'encryption-key-id': 'test',
      'key-check': expect.stringMatching(/^[\w-]{8}$/),
      'workflow-id': 'onboarding/cus_ada',
    })
    expect(Buffer.from(payload.data ?? []).toString('latin1')).not.toContain('Ada')
  })

  it('of any content decrypts to itself', async () => {
    await fc.assert(
      fc.asyncProperty(
        // The decoder of Protocol Buffers leaves out this one name.
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.uint8Array(),
        ),
        fc.uint8Array({ maxLength: 5000 }),
        async (metadata, data) => {
          const { codec } = codecWith()
          const [payload] = await codec.decode(await codec.encode([{ metadata, data }], ADA), ADA)
          const bytes = (value: Uint8Array | null | undefined) => Buffer.from(value ?? [])
          expect(bytes(payload?.data)).toEqual(bytes(data))
          const names = Object.keys(metadata)
          expect(Object.keys(payload?.metadata ?? {}).toSorted()).toEqual(names.toSorted())
          for (const name of names) expect(bytes(payload?.metadata?.[name])).toEqual(bytes(metadata[name]))
        },
      ),
    )
  })

  it('is encrypted differently each time', async () => {
    const data = new Set<string>()
    for (let count = 0; count < 1000; count += 1)
      data.add(Buffer.from((await encoded('Ada', PAYLOAD_KEYS, ADA)).data!.subarray(0, 12)).toString('hex'))
    expect(data.size).toBe(1000)
  })

  it('of an activity is that of its workflow, whichever side encrypts', async () => {
    const payload = await encoded('Ada', PAYLOAD_KEYS, CREATE_CONTACT)
    expect(await decoded(payload, PAYLOAD_KEYS, { ...CREATE_CONTACT, activityId: '2', isLocal: false })).toBe('"Ada"')
    expect(await decoded(payload, PAYLOAD_KEYS, ADA)).toBe('"Ada"')
  })

  it('of a batch signal belongs to the namespace, so that every workflow of it can read it', async () => {
    const payload = await encoded('refused-by-hubspot')
    expect(textOf(payload)).not.toHaveProperty('workflow-id')
    expect(await decoded(payload, PAYLOAD_KEYS, ADA)).toBe('"refused-by-hubspot"')
    const { codec } = codecWith(PAYLOAD_KEYS, { namespace: 'another' })
    expect((await codec.decode([payload], ADA)).map(isMarked)).toEqual([true])
  })
})

describe('the rotation of a key', () => {
  const [OLD, NEW] = [PAYLOAD_KEYS, OTHER_KEY]

  it('lets processes with the new key first read what those with the old key first write, and the reverse', async () => {
    const byOld = await encoded('Ada', `${OLD} ${NEW}`, ADA)
    const byNew = await encoded('Ada', `${NEW} ${OLD}`, ADA)
    expect([textOf(byOld), textOf(byNew)].map((label) => label['encryption-key-id'])).toEqual(['test', 'other'])
    expect(await decoded(byOld, `${NEW} ${OLD}`, ADA)).toBe('"Ada"')
    expect(await decoded(byNew, `${OLD} ${NEW}`, ADA)).toBe('"Ada"')
  })

  it('ends with the old key removed: what it encrypted is no longer read, and nothing is decided about it', async () => {
    const { codec, seen } = codecWith(NEW)
    await expect(codec.decode([await encoded('Ada', OLD, ADA)], ADA)).rejects.toMatchObject({
      type: 'UnknownPayloadKey:test',
    })
    expect(seen).toEqual([{ cause: 'unknown-key', keyId: 'test', workflowId: 'onboarding/cus_ada' }])
  })
})

describe('a payload whose key is missing', () => {
  it.each(['mark', 'fail'] as const)(
    'throws, also where messages are %sed, so that Temporal repeats the task',
    async (how) => {
      const { codec } = codecWith('none', { unreadableMessages: how })
      await expect(codec.decode([await encoded('Ada', PAYLOAD_KEYS, ADA)], ADA)).rejects.toThrow('no key test')
    },
  )

  it('throws as well when the ring has another key with the same id: two keys were mixed up, and no event may be lost', async () => {
    const mixedUp = `test:${Buffer.alloc(32, 9).toString('base64')}`
    const { codec } = codecWith(mixedUp)
    await expect(codec.decode([await encoded('Ada', PAYLOAD_KEYS, ADA)], ADA)).rejects.toThrow(
      'another key with this id',
    )
  })
})

describe('a message that is not authentic', () => {
  const changes: [string, (payload: Payload) => Payload][] = [
    ['truncated at the end', ({ metadata, data }) => ({ metadata: metadata!, data: data!.subarray(0, -1) })],
    ['truncated at the start', ({ metadata, data }) => ({ metadata: metadata!, data: data!.subarray(1) })],
    ['of a few bytes', ({ metadata, data }) => ({ metadata: metadata!, data: data!.subarray(0, 20) })],
    ['without data', ({ metadata }) => ({ metadata: metadata! })],
    ['changed in its first byte', ({ metadata, data }) => ({ metadata: metadata!, data: flipped(data!, 0) })],
    [
      'changed in its last byte',
      ({ metadata, data }) => ({ metadata: metadata!, data: flipped(data!, data!.length - 1) }),
    ],
    [
      'of a workflow whose id was replaced',
      ({ metadata, data }) => ({
        metadata: { ...metadata, 'workflow-id': Buffer.from('onboarding/cus_bob') },
        data: data!,
      }),
    ],
    [
      'whose workflow id was removed',
      ({ metadata, data }) => ({
        metadata: {
          encoding: metadata!['encoding']!,
          'encryption-key-id': metadata!['encryption-key-id']!,
          'key-check': metadata!['key-check']!,
        },
        data: data!,
      }),
    ],
    ['without a key id', ({ data }) => ({ metadata: { encoding: Buffer.from('binary/encrypted') }, data: data! })],
    [
      'with a key id that no key can have',
      ({ metadata, data }) => ({
        metadata: { ...metadata, 'encryption-key-id': Buffer.from('{"id":"k1"}\n') },
        data: data!,
      }),
    ],
  ]

  it.each(changes)('becomes a marker for the workflow, and is counted: %s', async (_, change) => {
    const { codec, seen } = codecWith()
    const to = textOf(change(await encoded('Ada', PAYLOAD_KEYS, ADA)))['workflow-id']?.endsWith('bob') ? BOB : ADA
    const result = await codec.decode([change(await encoded('Ada', PAYLOAD_KEYS, ADA))], to)
    expect(result.map(isMarked)).toEqual([true])
    expect(seen.map(({ cause }) => cause)).toEqual(['forged'])
  })

  it('of another workflow does not decrypt', async () => {
    const { codec, seen } = codecWith()
    expect((await codec.decode([await encoded('Ada', PAYLOAD_KEYS, ADA)], BOB)).map(isMarked)).toEqual([true])
    expect(seen).toEqual([{ cause: 'other-workflow', keyId: 'test', workflowId: 'onboarding/cus_bob' }])
  })

  it('of another namespace does not decrypt', async () => {
    const { codec, seen } = codecWith(PAYLOAD_KEYS, { namespace: 'another' })
    expect((await codec.decode([await encoded('Ada', PAYLOAD_KEYS, ADA)], ADA)).map(isMarked)).toEqual([true])
    expect(seen.map(({ cause }) => cause)).toEqual(['forged'])
  })

  it('in clear becomes a marker as well, unless `none` allows it', async () => {
    const { codec, seen } = codecWith()
    expect((await codec.decode([inClear('Ada')], ADA)).map(isMarked)).toEqual([true])
    expect(seen.map(({ cause }) => cause)).toEqual(['clear'])
    expect(await decoded(inClear('Ada'), `${PAYLOAD_KEYS} none`, ADA)).toBe('"Ada"')
  })

  it('leaves the other payloads of the same message as they are', async () => {
    const { codec } = codecWith()
    const payloads = [await encoded('Ada', PAYLOAD_KEYS, ADA), inClear('Eve'), await encoded('Bob', PAYLOAD_KEYS, ADA)]
    const read = await codec.decode(payloads, ADA)
    expect(read.map((payload) => (isMarked(payload) ? 'marker' : Buffer.from(payload.data ?? []).toString()))).toEqual([
      '"Ada"',
      'marker',
      '"Bob"',
    ])
  })
})

describe('what is no message', () => {
  it('fails the call: the result of an activity, without which the workflow must not go on', async () => {
    const { codec } = codecWith()
    await expect(codec.decode([inClear('Ada')], CREATE_CONTACT)).rejects.toMatchObject({ type: 'UnreadablePayload' })
  })

  it('fails the call: what a client reads', async () => {
    const { codec } = codecWith(PAYLOAD_KEYS, { unreadableMessages: 'fail' })
    await expect(codec.decode([inClear('Ada')], ADA)).rejects.toMatchObject({ type: 'UnreadablePayload' })
    await expect(codec.decode([await encoded('Ada', PAYLOAD_KEYS, BOB)], ADA)).rejects.toMatchObject({
      type: 'UnreadablePayload',
    })
  })
})

describe('PAYLOAD_KEYS=none', () => {
  it('writes and reads in clear', async () => {
    expect(await encoded('Ada', 'none', ADA)).toEqual(inClear('Ada'))
    expect(await decoded(inClear('Ada'), 'none', ADA)).toBe('"Ada"')
  })

  it('before a key ends the encryption, and what was encrypted is still read', async () => {
    const ring = `none ${PAYLOAD_KEYS}`
    expect(await encoded('Ada', ring, ADA)).toEqual(inClear('Ada'))
    expect(await decoded(await encoded('Ada', PAYLOAD_KEYS, ADA), ring, ADA)).toBe('"Ada"')
  })
})

function flipped(data: Uint8Array, index: number): Uint8Array {
  const copy = Uint8Array.from(data)
  copy[index] = copy[index]! ^ 1
  return copy
}
