import type { Stage } from './rows.ts';

export type DoubleCall = NonNullable<Stage['alsoCalled']>[number];

/** Q66: of which calls by voice a counter has yet to be told: of its own, and where the customer is or was of all. */
export const doubleCallsFor = (stage: Stage, counterId: string): readonly DoubleCall[] =>
  // Rows that an older version has stored on a device know nothing of it.
  (stage.alsoCalled ?? []).filter(
    (call) =>
      !call.knownTo.includes(counterId) && (call.counterId === counterId || stage.counterId === counterId),
  );
