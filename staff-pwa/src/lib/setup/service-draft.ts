import type { Service } from '@schalter/shared/directory/rows.ts';
import type { Localised } from '@schalter/shared/kernel/text.ts';
import type { AllLive } from '@schalter/shared/registry.ts';

/** A service as the form holds it: numbers may be missing while somebody types. */
export type ServiceDraft = {
  -readonly [
    K in keyof Omit<Service, 'id' | 'organisationId' | 'locationId' | 'archivedAt'>
  ]: Service[K] extends number ? number | null : Service[K];
};

export const nothing = (): Localised => ({ de: '', fr: '', it: '', en: '' });

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** Letters that no other service of the house has. */
export function freeLetters(live: AllLive, ownId: string): readonly string[] {
  const taken = new Set([...live.rows.services.values()].filter((s) => s.id !== ownId).map((s) => s.letter));
  return LETTERS.filter((letter) => !taken.has(letter));
}

export function draftOf(service: Service): ServiceDraft {
  const { id: _id, organisationId: _o, locationId: _l, archivedAt: _a, ...draft } = service;
  return draft;
}

/** What most services are; the letter and the colour are the first that are free. */
export function newDraft(live: AllLive): ServiceDraft {
  const services = [...live.rows.services.values()];
  const colours = new Set(services.map((s) => s.colour));
  return {
    kind: 'walk_in',
    letter: freeLetters(live, '')[0] ?? 'A',
    colour: [1, 2, 3, 4, 5, 6, 7, 8].find((n) => !colours.has(n)) ?? 1,
    name: nothing(),
    hint: nothing(),
    position: Math.max(0, ...services.map((s) => s.position)) + 1,
    active: true,
    serviceMin: 10,
    maxWaiting: null,
    hours: null,
    earlyMin: 15,
    lateMin: 15,
    creditMin: 0,
    selfService: true,
  };
}
