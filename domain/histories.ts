// The port to the histories that Temporal keeps of an onboarding's earlier runs.

export interface Histories {
  /** Deletes the histories of all runs of the calling workflow but the current one. Repeating it does no harm. */
  deleteEarlierRuns(): Promise<void>
}
