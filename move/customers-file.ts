// The file of a move: one JSON line for each customer, with the id in clear and the state encrypted with PAYLOAD_KEYS.

import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { CUSTOMER_ID_PATTERN, onboardingId } from '../domain/ids.ts'
import type { KeyRing } from '../platform/payloads/key-ring.ts'
import { EncryptingCodec } from '../platform/payloads/payload-codec.ts'
import { payloadConverter } from '../platform/payloads/payload-converter.ts'
import { fromJson, JsonPayload, toJson } from '../platform/payloads/remote-decoding.ts'

const FORMAT = 'onramp customers 1'

const Header = z.strictObject({ format: z.literal(FORMAT), exportId: z.string() })
const CustomerLine = z.strictObject({ customerId: z.string().regex(CUSTOMER_ID_PATTERN), state: JsonPayload })
/** Stands at the end of a whole file: a copy that was truncated has none. */
const End = z.strictObject({ customers: z.number() })

/** The file cannot be used as it is. The message is for the operator. */
export class WrongFile extends Error {
  override name = 'WrongFile'
}

/** The states in a file belong to no namespace of Temporal, so that any other one can import them. */
export class StateCodec {
  readonly #codec: EncryptingCodec

  constructor(ring: KeyRing) {
    this.#codec = new EncryptingCodec({ ring, namespace: FORMAT, unreadableMessages: 'fail' })
  }

  async encrypt(customerId: string, state: object): Promise<z.output<typeof JsonPayload>> {
    const workflowId = onboardingId(customerId)
    const context = { type: 'workflow' as const, namespace: FORMAT, workflowId }
    const [payload] = await this.#codec.encode([payloadConverter.toPayload(state)!], context)
    return toJson(payload!)
  }

  /** @returns the state, or why it cannot be read */
  decrypt(customerId: string, payload: z.output<typeof JsonPayload>): { state: object } | { problem: string } {
    const read = this.#codec.read(fromJson(payload), onboardingId(customerId))
    if (!('cause' in read)) return { state: payloadConverter.fromPayload(read) }
    if (read.cause === 'unknown-key')
      return { problem: `PAYLOAD_KEYS has no key ${read.keyId}, or another key with this id` }
    if (read.cause === 'clear') return { problem: 'the state is not encrypted, and PAYLOAD_KEYS has no `none`' }
    return { problem: 'the state was changed or truncated, or belongs to another customer' }
  }
}

/** The file while customers are added to it. */
export class GrowingFile {
  readonly exportId: string
  readonly #file: FileHandle
  readonly #customerIds: Set<string>

  private constructor(file: FileHandle, exportId: string, customerIds: Set<string>) {
    this.#file = file
    this.exportId = exportId
    this.#customerIds = customerIds
  }

  /**
   * Creates the file, which only this user can read; or continues the file of an export that was interrupted.
   *
   * @throws WrongFile for a file of another kind
   */
  static async open(path: string): Promise<GrowingFile> {
    const file = await open(path, 'a+', 0o600)
    try {
      const { size } = await file.stat()
      if (size === 0) {
        const exportId = randomUUID()
        await file.appendFile(`${JSON.stringify({ format: FORMAT, exportId } satisfies z.output<typeof Header>)}\n`)
        return new GrowingFile(file, exportId, new Set())
      }
      await dropTornLine(file, size)
      const customerIds = new Set<string>()
      let exportId = ''
      for await (const { header, customer } of linesOf(path)) {
        if (header) ({ exportId } = header)
        if (customer) customerIds.add(customer.customerId)
      }
      return new GrowingFile(file, exportId, customerIds)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get size(): number {
    return this.#customerIds.size
  }

  has(customerId: string): boolean {
    return this.#customerIds.has(customerId)
  }

  async add(customers: z.output<typeof CustomerLine>[]): Promise<void> {
    await this.#file.appendFile(customers.map((customer) => `${JSON.stringify(customer)}\n`).join(''))
    for (const { customerId } of customers) this.#customerIds.add(customerId)
  }

  /** Everybody is in the file. Returns when the disk has it. */
  async end(): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify({ customers: this.size } satisfies z.output<typeof End>)}\n`)
    await this.close()
  }

  async close(): Promise<void> {
    await this.#file.sync()
    await this.#file.close()
  }
}

/**
 * The customers of a whole file, one after the other.
 *
 * @throws WrongFile for a file of another kind, one without its end, and a state that cannot be read
 */
export async function* customersIn(
  path: string,
  codec: StateCodec,
): AsyncGenerator<{ exportId: string; customerId: string; state: object }> {
  let exportId = ''
  let count = 0
  let isWhole = false
  for await (const { number, header, customer, end } of linesOf(path)) {
    isWhole = end?.customers === count
    if (header) ({ exportId } = header)
    if (!customer) continue
    count += 1
    const { customerId } = customer
    const read = codec.decrypt(customerId, customer.state)
    if ('problem' in read) throw new WrongFile(`${path}, line ${number}, customer ${customerId}: ${read.problem}.`)
    yield { exportId, customerId, state: read.state }
  }
  if (!isWhole) {
    throw new WrongFile(
      `${path} has no end, so customers may be missing. Copy the file again, or run the export again with the same file.`,
    )
  }
}

interface Line {
  number: number
  header?: z.output<typeof Header>
  customer?: z.output<typeof CustomerLine>
  end?: z.output<typeof End>
}

async function* linesOf(path: string): AsyncGenerator<Line> {
  let number = 0
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1
    const line = lineOf(text, number)
    if (line === null) throw new WrongFile(`${path}, line ${number}: this is no file of \`npm run move -- export\`.`)
    yield { number, ...line }
  }
}

function lineOf(text: string, number: number): Omit<Line, 'number'> | null {
  const json = parsed(text)
  if (number === 1) {
    const { data: header } = Header.safeParse(json)
    return header ? { header } : null
  }
  const { data: customer } = CustomerLine.safeParse(json)
  if (customer) return { customer }
  const { data: end } = End.safeParse(json)
  return end ? { end } : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** An export that was killed may have written half a line. */
async function dropTornLine(file: FileHandle, size: number): Promise<void> {
  const CHUNK = 64 * 1024
  for (let end = size; end > 0; end -= CHUNK) {
    const start = Math.max(0, end - CHUNK)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    const newline = buffer.subarray(0, bytesRead).lastIndexOf('\n')
    if (newline >= 0) return await file.truncate(start + newline + 1)
  }
  throw new WrongFile('The file has no whole line, so it is no file of `npm run move -- export`.')
}
