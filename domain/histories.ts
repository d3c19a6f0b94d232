// The port to what Temporal keeps of an onboarding's past.

export interface Histories {
  /** Deletes the histories of all runs of the calling workflow but the current one. Repeating it does no harm. */
  deleteEarlierRuns(): Promise<void>
}
