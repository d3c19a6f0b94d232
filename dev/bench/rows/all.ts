// All rows, in the order in which they run.

import type { Row } from '../row.ts'
import { adoption, burst, burst2000 } from './burst.ts'
import { events } from './events.ts'
import { history } from './history.ts'
import { kills } from './kills.ts'
import { growth, memory } from './memory.ts'
import { overload } from './overload.ts'
import { pace, paceLimited } from './pace.ts'
import { encryption, throughput } from './throughput.ts'
import { workers } from './workers.ts'

export const ROWS: Row[] = [
  history,
  events,
  throughput,
  pace,
  paceLimited,
  burst,
  kills,
  memory,
  burst2000,
  adoption,
  encryption,
  workers,
  growth,
  overload,
]
