// The names of the memo fields by which a move to another Temporal knows what it has done.

/** `left`: the run has completed, since the customer moves to another Temporal. `movedBy`: the export that the run was started from. */
export const MEMO = { left: 'hasLeft', movedBy: 'movedBy' } as const
