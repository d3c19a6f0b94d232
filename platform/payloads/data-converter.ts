// The data converter of clients, workers and the workflow bundle: how values become what Temporal stores.

import { fileURLToPath } from 'node:url'
import type { DataConverter } from '@temporalio/common'
import { EncryptingCodec } from './payload-codec.ts'
import type { PayloadCodecOptions } from './payload-codec.ts'

/** The converters, which client, worker and workflow bundle each load by path. The bundle has no codec: the worker encrypts. */
export const CONVERTER_PATHS = {
  payloadConverterPath: fileURLToPath(new URL('payload-converter.ts', import.meta.url)),
  failureConverterPath: fileURLToPath(new URL('failure-converter.ts', import.meta.url)),
}

/** The codec is there without keys as well: it notices payloads that were encrypted. */
export function dataConverter(options: PayloadCodecOptions): DataConverter {
  return { ...CONVERTER_PATHS, payloadCodecs: [new EncryptingCodec(options)] }
}
