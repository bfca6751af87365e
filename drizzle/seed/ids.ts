/**
 * Ids of the demo are fixed, so that seeding again changes nothing: the same command id gets the same answer.
 * The last sixteen bits stay zero, because the ids that belong to a command are counted up from there.
 */
const AREAS = {
  stream: 1,
  command: 2,
  person: 3,
  service: 4,
  counter: 5,
  reservation: 6,
  recording: 7,
} as const;

export function seedId(area: keyof typeof AREAS, n: number): string {
  const place = AREAS[area].toString(16).padStart(4, '0');
  return `0190d5a0-${place}-7000-8000-${n.toString(16).padStart(8, '0')}0000`;
}
