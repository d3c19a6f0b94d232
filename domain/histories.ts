// The port to the histories of an onboarding's earlier runs, which Temporal keeps.

export interface Histories {
  /**
   * Deletes the histories of all runs of the calling workflow but the current one. Repeating it does no harm. It fails with the
   * type `CRM_REJECTION` and a `Rejection` when Temporal does not allow the deletion.
   */
  deleteEarlierRuns(): Promise<void>
}
