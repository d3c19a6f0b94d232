// The contract of the payload decoder, for the Temporal UI and the Temporal CLI.

import { createRoute } from '@hono/zod-openapi'
import { DECODE_LIMIT_BYTES } from '../../domain/limits.ts'
import { PayloadsBody } from '../../platform/payloads/remote-decoding.ts'
import { tooLargeDetail } from '../problems/problems.ts'
import { json, problems } from './responses.ts'
import { jsonBody, OPERATOR } from './requests.ts'

// A payload in clear, `"Ada"` in JSON, which the decoder returns unchanged.
const EXAMPLE = { payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'IkFkYSI=' }] }

const TOO_LARGE = { code: 'too-large', detail: tooLargeDetail(DECODE_LIMIT_BYTES) } as const

export const decodePayloads = createRoute({
  method: 'post',
  path: '/codec/decode',
  operationId: 'decodePayloads',
  tags: ['Temporal'],
  summary: 'Decodes payloads for the Temporal UI and CLI',
  description:
    'The protocol of Temporal’s codec servers, without `encode`: the codec endpoint to set in the Temporal UI or CLI is `/codec` of this server. A payload whose key this server does not have is returned as it is. A browser may call it from the Temporal UI at `TEMPORAL_UI_URL` only; there the console’s session of a full token is enough.',
  security: OPERATOR,
  request: {
    body: jsonBody('Payloads as Temporal stores them.', PayloadsBody, { aPayload: EXAMPLE }, { required: true }),
  },
  responses: {
    200: json('The same payloads in clear, in the same order.', PayloadsBody.meta({ id: 'Payloads' }), EXAMPLE),
    ...problems('unauthorized', 'read-only-token', 'not-json', TOO_LARGE, 'invalid-payloads'),
  },
})
