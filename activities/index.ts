// The worker's activities: the calls of any CRM, through its port.

import type { Crm } from '../domain/crm.ts'
import type { StepCall } from '../domain/step-call.ts'
import { Attempts } from './attempt.ts'
import type { AttemptsOptions } from './attempt.ts'

/** The CRM's calls, each with the way in which the workflow calls it. */
export type CrmActivities = {
  [Name in keyof Crm]: (draft: Parameters<Crm[Name]>[0], stepCall?: StepCall) => ReturnType<Crm[Name]>
}

const LIVE: StepCall = { priority: 'live' }

/** The CRM's calls as activities of the same names. */
export function createActivities(
  crm: Crm,
  {
    now = Date.now,
    onOutage = () => {},
    attempts = new Attempts({ now, onOutage }),
  }: Partial<AttemptsOptions & { attempts: Attempts }> = {},
): CrmActivities {
  return {
    findCustomer: (draft, how = LIVE) => attempts.run(draft, () => crm.findCustomer(draft), how),
    findCustomerOf: (draft, how = LIVE) => attempts.run(draft, () => crm.findCustomerOf(draft), how),
    createCompany: (draft, how = LIVE) => attempts.run(draft, () => crm.createCompany(draft), how),
    createContact: (draft, how = LIVE) => attempts.run(draft, () => crm.createContact(draft), how),
    associateContact: (draft, how = LIVE) => attempts.run(draft, () => crm.associateContact(draft), how),
    moveContact: (draft, how = LIVE) => attempts.run(draft, () => crm.moveContact(draft), how),
    updateCompany: (draft, how = LIVE) => attempts.run(draft, () => crm.updateCompany(draft), how),
    updateContact: (draft, how = LIVE) => attempts.run(draft, () => crm.updateContact(draft), how),
    eraseContact: (draft, how = LIVE) => attempts.run(draft, () => crm.eraseContact(draft), how),
  }
}
