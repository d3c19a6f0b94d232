// The bundle's entry: every workflow that a worker can run.

export { findCustomerOf } from './find-customer-of.ts'
export { crmState } from './crm-state.ts'
export { lookUpCustomer } from './look-up-customer.ts'
export { onboardCustomer } from './onboard-customer.ts'
