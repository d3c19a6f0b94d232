// Names in Temporal: workflow ids, the workflow type and the task queue, each built and read in one place.

/**
 * A valid customer id. It is part of the workflow id, which every operator can read and which is never encrypted, so an e-mail
 * address does not match. `.` and `..` do not match, since a URL's path cannot hold them.
 */
export const CUSTOMER_ID_PATTERN = /^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}$/

/** HubSpot's id of a record, as operators enter it. */
export const CONTACT_ID_PATTERN = /^\d{1,19}$/

/** The default task queue. Workflows and activities share it, since eager activities require that. */
export const TASK_QUEUE = 'onramp'

/** The workflow type that the API starts and the bundle exports. */
export const ONBOARDING_WORKFLOW = 'onboardCustomer'

/** The workflow type that asks HubSpot whether it has a customer. */
export const CUSTOMER_LOOKUP_WORKFLOW = 'lookUpCustomer'

/** The workflow type that asks HubSpot which customer a contact belongs to. */
export const CUSTOMER_OF_CONTACT_WORKFLOW = 'findCustomerOf'

/** `customer-lookup/<unique>`. Each question is a workflow of its own, and is not an onboarding. */
export function customerLookupId(unique: string): string {
  return `customer-lookup/${unique}`
}

/** The workflow type that asks a worker for the state of HubSpot. */
export const CRM_STATE_WORKFLOW = 'crmState'

/** `crm-state/<unique>`. The workflow is not an onboarding. */
export function crmStateId(unique: string): string {
  return `crm-state/${unique}`
}

const PREFIX = 'onboarding/'

/** `onboarding/<customerId>`: one workflow id per customer (G1). */
export function onboardingId(customerId: string): string {
  return PREFIX + customerId
}

/** The customer id in a workflow id; `null` when the workflow is not an onboarding. */
export function customerIdOf(workflowId: string): string | null {
  const customerId = workflowId.startsWith(PREFIX) ? workflowId.slice(PREFIX.length) : ''
  return CUSTOMER_ID_PATTERN.test(customerId) ? customerId : null
}
