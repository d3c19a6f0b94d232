// The bundle's entry: every workflow that a worker can run.

export { onboardCustomer } from './onboard-customer.ts'
