// The pages of the console, and the stream of each page's changes.

import { Hono } from 'hono'
import type { Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'
import type { CustomerStatus } from '../contract/customer-status.ts'
import { Problem } from '../problems/problem.ts'
import { PROBLEMS, retryHeader } from '../problems/problems.ts'
import type { ProblemCode } from '../problems/problems.ts'
import { attentionPage, attentionParts } from './attention.ts'
import { customerListPage, customerListParts, filtersOf, readListQuery } from './customers.ts'
import type { CustomerPage } from './customers.ts'
import { customerPage, customerParts } from './customer.ts'
import { page } from './layout.ts'
import type { PageOptions } from './layout.ts'
import type { Html } from './markup.ts'
import type { Live, Snapshot } from './live.ts'
import { noticeIn } from './notices.ts'
import { overviewPage, overviewParts } from './overview.ts'
import type { AttentionPage } from './parked-rows.ts'
import { resumedPage, resumedParts, resumeOfAllParts } from './resumed.ts'
import type { ResumedCustomer, ResumeOfAll } from './resumed.ts'
import type { Authenticated } from './sessions.ts'
import type { Sources } from './sources.ts'
import { placed, streamOf } from './streams.ts'
import type { Parts, Streams } from './streams.ts'

interface PageRoutesOptions {
  sources: Sources
  streams: Streams
  temporalUiUrl: string | null
}

const MAX_RESUMED = 50

type PageContext = Context<Authenticated>

/** A page with live parts. */
interface LivePage<T> {
  live: Live<T>
  render: (snapshot: Snapshot<T>) => Parts
  /** The page around its parts. */
  around: (parts: { [id: string]: Html }) => Html
  /** What the address of its stream has beside the path. */
  query?: [string, string][]
  options: Pick<PageOptions, 'title' | 'at'>
}

export function pageRoutes({ sources, streams, temporalUiUrl }: PageRoutesOptions): Hono<Authenticated> {
  const routes = new Hono<Authenticated>()

  /** The page at a path below `/console`, and its stream at the same path below `/console/live`. */
  function livePage<T>(path: string, describe: (c: PageContext) => LivePage<T>): void {
    routes.get(`/console${path}`, async (c) => {
      const { live, render, around, query, options } = describe(c)
      const snapshot = await live.latest()
      const { value, failure } = snapshot
      if (value === null && isAboutRequest(failure)) throw failure
      const parts = render(snapshot)
      // Without a value the page says why, and shows the value as soon as there is one.
      const code = value === null ? codeOf(failure) : null
      const address = streamOf(c.req.path.replace('/console', '/console/live'), parts, query)
      const body = around(placed(parts))
      return c.html(
        page({ ...options, session: c.get('session'), stream: address, temporalUiUrl }, body),
        statusOf(code),
      )
    })
    routes.get(`/console/live${path}`, (c) => {
      const { live, render } = describe(c)
      return streams.send(c, { session: c.get('session'), live, render })
    })
  }

  livePage('', () => ({
    live: sources.overview,
    render: overviewParts,
    around: overviewPage,
    options: { title: 'Overview', at: '/console' },
  }))

  livePage<CustomerPage>('/customers', (c) => {
    const { seen: _, done: _done, ...rest } = c.req.query()
    const query = readListQuery(rest)
    return {
      live: sources.list(query),
      render: (snapshot) => customerListParts(snapshot, query),
      around: (parts) => customerListPage(query, parts),
      query: [
        ...filtersOf(query),
        ...(query.cursor === undefined ? [] : [['cursor', query.cursor] as [string, string]]),
      ],
      options: { title: 'Customers', at: '/console/customers' },
    }
  })

  livePage<AttentionPage>('/attention', (c) => ({
    live: sources.attention,
    render: (snapshot) => attentionParts(snapshot, c.get('session')),
    around: (parts) => attentionPage(noticeIn(c.req.query()), parts),
    options: { title: 'Attention', at: '/console/attention' },
  }))

  livePage<CustomerStatus>('/customers/:customerId', (c) => {
    const customerId = customerIdIn(c.req.param('customerId'))
    return {
      live: sources.customer(customerId),
      render: (snapshot) => customerParts(snapshot, c.get('session')),
      around: (parts) => customerPage({ customerId, message: noticeIn(c.req.query()), values: html`` }, parts),
      options: { title: customerId, at: '/console/customers' },
    }
  })

  livePage<ResumedCustomer[]>('/resumed', (c) => {
    const idsIn = (name: string) =>
      (c.req.queries(name) ?? []).filter((id) => CUSTOMER_ID_PATTERN.test(id)).slice(0, MAX_RESUMED)
    const customerIds = idsIn('customer')
    const notResumed = idsIn('not-resumed')
    return {
      live: sources.resumed(customerIds),
      render: (snapshot) => resumedParts(snapshot, notResumed),
      around: (parts) => resumedPage(null, parts),
      query: [
        ...customerIds.map((id) => ['customer', id] as [string, string]),
        ...notResumed.map((id) => ['not-resumed', id] as [string, string]),
      ],
      options: { title: 'Resumed', at: '/console/attention' },
    }
  })

  livePage<ResumeOfAll>('/attention/:reason/resume/:job', (c) => {
    const reason = z.enum(ATTENTION_REASONS).safeParse(c.req.param('reason'))
    const job = c.req.param('job') ?? ''
    if (!reason.success) throw new Problem('not-found')
    return {
      live: sources.resumeOfAll(reason.data, job),
      render: resumeOfAllParts,
      around: (parts) => resumedPage(reason.data, parts),
      options: { title: 'Resume of all', at: '/console/attention' },
    }
  })

  return routes
}

/** @throws Problem 404 `not-found` */
export function customerIdIn(path: string | undefined): string {
  if (path === undefined || !CUSTOMER_ID_PATTERN.test(path)) throw new Problem('not-found')
  return path
}

/** Such as an unknown customer: there is nothing that a live page could show later. */
function isAboutRequest(failure: Error | null): boolean {
  return !(failure instanceof Problem) || PROBLEMS[failure.code].status < 500
}

function codeOf(failure: Error | null): ProblemCode {
  return failure instanceof Problem ? failure.code : 'internal'
}

function statusOf(code: ProblemCode | null) {
  return code === null ? { status: 200 as const } : { status: PROBLEMS[code].status, headers: retryHeader(code) }
}
