// Holds the messages that arrive while steps of the onboarding may be local activities, and delivers them afterwards in their order.

/**
 * When more than 100 signals or 2 MiB arrive during a workflow task, Temporal fails the task, and the SDK may report its local
 * activities with the next one. On replay the messages come before the local activities, and must not change what those sent.
 */
export class HeldMessages {
  /** `null` from the time when messages are delivered immediately. */
  #held: (() => void)[] | null = []
  #deliversFirst: boolean

  /** @param startedBySignal whether the first signal is the one that started the run: the steps need it */
  constructor(startedBySignal: boolean) {
    this.#deliversFirst = startedBySignal
  }

  /** Whether messages are held, so that steps may be local activities. */
  get areHeld(): boolean {
    return this.#held !== null
  }

  /** The handler of a signal. */
  signal<Args extends unknown[]>(handle: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      const isFirst = this.#deliversFirst
      this.#deliversFirst = false
      if (this.#held === null || isFirst) handle(...args)
      else this.#held.push(() => handle(...args))
    }
  }

  /** The handler of a command. The sender gets the answer, or the error that `handle` throws, when the command is delivered. */
  command<Args extends unknown[], Result>(handle: (...args: Args) => Result): (...args: Args) => Promise<Result> {
    const execute = (...args: Args) => new Promise<Result>((resolve) => resolve(handle(...args)))
    return (...args) => {
      const held = this.#held
      if (held === null) return execute(...args)
      return new Promise((resolve) => held.push(() => resolve(execute(...args))))
    }
  }

  /** Delivers what is held. From now on messages are delivered immediately, and steps are regular activities. */
  release(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const deliver of held) deliver()
  }
}
