// Counts HubSpot's answers of the last minute.

import type { AnswerClass } from '../../domain/crm-state.ts'
import type { Clock } from './clock.ts'

const SECONDS = 60

interface Second {
  second: number
  counts: Record<AnswerClass, number>
}

export class RecentAnswers {
  readonly #clock: Clock
  /** The newest last. */
  #seconds: Second[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param status `null`: no response came */
  note(status: number | null): void {
    const second = this.#second()
    let newest = this.#seconds.at(-1)
    if (newest?.second !== second) {
      newest = { second, counts: noAnswers() }
      this.#seconds.push(newest)
      this.#forget()
    }
    newest.counts[classOf(status)] += 1
  }

  counts(): Record<AnswerClass, number> {
    this.#forget()
    const all = noAnswers()
    for (const { counts } of this.#seconds) {
      for (const name of Object.keys(all) as AnswerClass[]) all[name] += counts[name]
    }
    return all
  }

  #second(): number {
    return Math.floor(this.#clock.now() / 1000)
  }

  #forget(): void {
    const oldest = this.#second() - SECONDS
    while (this.#seconds[0] && this.#seconds[0].second <= oldest) this.#seconds.shift()
  }
}

function noAnswers(): Record<AnswerClass, number> {
  return { '2xx': 0, '4xx': 0, '429': 0, '5xx': 0, none: 0 }
}

function classOf(status: number | null): AnswerClass {
  if (status === null) return 'none'
  if (status === 429) return '429'
  if (status >= 200 && status < 300) return '2xx'
  return status >= 400 && status < 500 ? '4xx' : '5xx'
}
