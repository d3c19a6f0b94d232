// The names under which onboardings and their workers find each other in Temporal, each made and read in one place.

/** What a customer id may look like. Workflow ids are readable by every operator and never encrypted, so an e-mail address does not fit on purpose; nor do `.` and `..`, which no address of a web page can hold. */
export const CUSTOMER_ID_PATTERN = /^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}$/

/** The task queue, unless a setting says otherwise. Workflows and activities share it, which is what makes eager activities possible. */
export const TASK_QUEUE = 'onramp'

/** The workflow type, as the API starts it and the bundle exports it. */
export const ONBOARDING_WORKFLOW = 'onboardCustomer'

const PREFIX = 'onboarding/'

/** `onboarding/<customerId>`: one customer, one workflow id, whatever happens (G1). */
export function onboardingId(customerId: string): string {
  return PREFIX + customerId
}

/** The way back from a workflow id; `null` for a workflow that is no onboarding. */
export function customerIdOf(workflowId: string): string | null {
  const customerId = workflowId.startsWith(PREFIX) ? workflowId.slice(PREFIX.length) : ''
  return CUSTOMER_ID_PATTERN.test(customerId) ? customerId : null
}
