// The outcome of a command: its output and its exit code.

export interface Outcome {
  /** For standard output. */
  text: string
  /** 1: the command has not reached its end for everybody. 3: nobody was found. */
  exitCode: 0 | 1 | 3
}
