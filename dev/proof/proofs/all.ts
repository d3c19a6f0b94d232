// All proofs, in the order of the help.

import type { Proof } from '../proof.ts'
import { burst } from './burst.ts'
import { chaos } from './chaos.ts'
import { dailyLimit } from './daily-limit.ts'
import { model } from './model.ts'
import { neighbour, twoWorkers } from './shared-quota.ts'
import { soak } from './soak.ts'

export const PROOFS: Proof[] = [chaos, model, twoWorkers, neighbour, dailyLimit, soak, burst]
