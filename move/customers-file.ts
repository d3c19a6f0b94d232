// The file of a move: one JSON line for each customer, with the id in clear and the state encrypted with PAYLOAD_KEYS.

import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { CUSTOMER_ID_PATTERN } from '../domain/ids.ts'
import { JsonPayload } from '../platform/payloads/remote-decoding.ts'
import { FORMAT } from './state-codec.ts'
import type { StateCodec } from './state-codec.ts'

/** `exportedAt`: when the export began, in milliseconds since the epoch. */
const Header = z.strictObject({ format: z.literal(FORMAT), exportId: z.string(), exportedAt: z.number() })
/** `runId`: the run whose result the state is. */
const CustomerLine = z.strictObject({
  customerId: z.string().regex(CUSTOMER_ID_PATTERN),
  runId: z.string(),
  state: JsonPayload,
})
/** Stands at the end of a whole file: a copy that was truncated has none. A customer with several lines counts once. */
const End = z.strictObject({ customers: z.number() })

/** An import has begun: `importedInto` is the id of the namespace. */
const Import = z.strictObject({ importedInto: z.string() })

type CustomerRun = z.output<typeof CustomerLine>

/** The file cannot be used as it is. The message is for the operator. */
export class WrongFile extends Error {
  override name = 'WrongFile'
}

/** The file while customers are added to it. */
export class GrowingFile {
  readonly exportId: string
  readonly #file: FileHandle
  readonly #customerIds = new Set<string>()
  readonly #runIds = new Set<string>()

  private constructor(file: FileHandle, exportId: string, customers: Pick<CustomerRun, 'customerId' | 'runId'>[]) {
    this.#file = file
    this.exportId = exportId
    for (const customer of customers) this.#note(customer)
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
        const header: z.output<typeof Header> = { format: FORMAT, exportId, exportedAt: Date.now() }
        await file.appendFile(`${JSON.stringify(header)}\n`)
        return new GrowingFile(file, exportId, [])
      }
      await dropTornLine(file, size)
      const customers: Pick<CustomerRun, 'customerId' | 'runId'>[] = []
      let exportId = ''
      for await (const { header, customer } of linesOf(path)) {
        if (header) ({ exportId } = header)
        if (customer) customers.push({ customerId: customer.customerId, runId: customer.runId })
      }
      return new GrowingFile(file, exportId, customers)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** How many customers the file has. */
  get size(): number {
    return this.#customerIds.size
  }

  /** How many states the file has. */
  get runs(): number {
    return this.#runIds.size
  }

  has(customerId: string): boolean {
    return this.#customerIds.has(customerId)
  }

  hasRun(runId: string): boolean {
    return this.#runIds.has(runId)
  }

  /** Adds the states of runs that the file does not have, and returns how many these are. */
  async add(customers: CustomerRun[]): Promise<number> {
    const added = customers.filter((customer) => this.#note(customer))
    await this.#file.appendFile(added.map((customer) => `${JSON.stringify(customer)}\n`).join(''))
    return added.length
  }

  /** Whether the run is new. */
  #note({ customerId, runId }: Pick<CustomerRun, 'customerId' | 'runId'>): boolean {
    const isNew = !this.#runIds.has(runId)
    this.#customerIds.add(customerId)
    this.#runIds.add(runId)
    return isNew
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
 * Notes in the file that an import into this namespace begins.
 *
 * @throws WrongFile when it was imported into another one, where its customers may have newer states
 */
export async function noteImport(path: string, namespaceId: string): Promise<void> {
  let isNoted = false
  for await (const { begun } of linesOf(path)) {
    if (begun && begun.importedInto !== namespaceId) throw new WrongFile(IMPORTED_ELSEWHERE)
    isNoted ||= begun !== undefined
  }
  if (isNoted) return
  const file = await open(path, 'a')
  try {
    await file.appendFile(`${JSON.stringify({ importedInto: namespaceId } satisfies z.output<typeof Import>)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

const IMPORTED_ELSEWHERE =
  'The file has been imported into another namespace of Temporal, so its states may be older than those there. Each move needs a new file: export from that namespace.'

/**
 * The customers of a whole file, one after the other. A customer comes again with the state of a later run.
 *
 * @throws WrongFile for a file of another kind, one without its end, and a state that cannot be read
 */
export async function* customersIn(
  path: string,
  codec: StateCodec,
): AsyncGenerator<{ exportId: string; exportedAt: number; customerId: string; runId: string; state: object }> {
  let exportId = ''
  let exportedAt = 0
  const customerIds = new Set<string>()
  let isWhole = false
  for await (const { number, header, customer, end, begun } of linesOf(path)) {
    if (begun) continue
    isWhole = end?.customers === customerIds.size
    if (header) ({ exportId, exportedAt } = header)
    if (!customer) continue
    const { customerId, runId } = customer
    customerIds.add(customerId)
    const read = codec.decrypt(customerId, customer.state)
    if ('problem' in read) throw new WrongFile(`${path}, line ${number}, customer ${customerId}: ${read.problem}.`)
    yield { exportId, exportedAt, customerId, runId, state: read.state }
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
  begun?: z.output<typeof Import>
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
  if (end) return { end }
  const { data: begun } = Import.safeParse(json)
  return begun ? { begun } : null
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
