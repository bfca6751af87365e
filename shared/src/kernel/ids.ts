import { z } from 'zod';

/** Every id is a UUID made where the thing is made: on the device for commands (v7), derived for rows. */
export const Id = z.uuid();
export type Id = z.output<typeof Id>;
