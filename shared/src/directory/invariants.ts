import type { DirectoryLive } from './rows.ts';

/** What is true of every live set, whatever commands led to it: the sentences that are not. */
export function directoryInvariants(live: DirectoryLive): readonly string[] {
  const broken: string[] = [];
  const once = (seen: Set<string>, value: string, what: string): void => {
    if (seen.has(value)) broken.push(`${what} ${value} is there twice`);
    seen.add(value);
  };
  const letters = new Set<string>();
  for (const service of live.rows.services.values()) once(letters, service.letter, 'letter');
  const names = new Set<string>();
  for (const counter of live.rows.counters.values()) {
    once(names, counter.name.toLowerCase(), 'counter');
    for (const id of counter.serviceIds) {
      if (!live.rows.services.has(id)) broken.push(`counter ${counter.name} serves what there is not`);
    }
  }
  const people = new Set<string>();
  for (const presence of live.rows.presences.values()) {
    once(people, presence.personId, 'person');
    if (presence.id !== presence.counterId) broken.push(`presence ${presence.id} is not its counter's`);
    if (live.rows.counters.get(presence.counterId)?.active !== true) {
      broken.push(`somebody is signed on at a counter that is out of use`);
    }
  }
  return broken;
}
