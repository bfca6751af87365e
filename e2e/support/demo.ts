// Who and what the demo station has, by what a test calls it.
import { counters, people, services } from '@schalter/drizzle/seed/station.ts';

/** "Lea", with what she signs in with. */
export function personOf(firstName: string): (typeof people)[number] {
  const person = people.find(({ name }) => name.startsWith(firstName));
  if (person === undefined) throw new Error(`nobody of the demo is called ${firstName}`);
  return person;
}

/** By the letter of its numbers: "M". */
export function serviceId(letter: string): string {
  const found = services.find(({ service }) => service.letter === letter);
  if (found === undefined) throw new Error(`the demo has no service ${letter}`);
  return found.serviceId;
}

/** By its name: "3". */
export function counterId(name: string): string {
  const found = counters.find(({ counter }) => counter.name === name);
  if (found === undefined) throw new Error(`the demo has no counter ${name}`);
  return found.counterId;
}
