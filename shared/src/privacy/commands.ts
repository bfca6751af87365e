import { z } from 'zod';
import { command } from '../kernel/command.ts';
import { Id } from '../kernel/ids.ts';

/** People in one command: a day of a busy location is a few of them. */
const MOST = 200;
const Ids = z.array(Id).max(MOST);
const erasing = { offline: 'refuse', expiresAfterMs: null, kind: 'record', erases: true } as const;

export const privacyCommands = {
  'privacy.erase': command({
    ...erasing,
    stream: 'location',
    permission: 'person.erase',
    proof: ({ visitIds, reservationIds, personIds }) =>
      [...visitIds, ...reservationIds, ...personIds].join(' '),
    summary: 'Take what is held on people out of their rows; numbers and figures stay',
    input: z.strictObject({
      visitIds: Ids,
      reservationIds: Ids,
      /** Members of staff, as far as this location says who they are. */
      personIds: Ids,
      /** Asked for by the person, or because nobody needs it any more. */
      why: z.enum(['request', 'retention']),
    }),
  }),
  'privacy.erasePerson': command({
    ...erasing,
    stream: 'organisation',
    permission: 'people.erase',
    proof: ({ personId }) => personId,
    summary: 'Erase a member of staff who has left',
    input: z.strictObject({ personId: Id }),
  }),
};
export type PrivacyCommands = typeof privacyCommands;
