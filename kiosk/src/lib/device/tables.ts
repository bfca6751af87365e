import type { QueueTables } from '@schalter/shared/queue/rows.ts';

/** What a kiosk and a phone hold of their location. */
export const TABLES: readonly (keyof QueueTables)[] = [
  ...(['organisations', 'people', 'locations', 'devices', 'services', 'counters', 'presences'] as const),
  ...(['numberSeries', 'numberBlocks', 'visits', 'visitContacts', 'stages'] as const),
  ...(['calls', 'callReceipts', 'helpRequests'] as const),
];
