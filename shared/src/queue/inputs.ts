import { z } from 'zod';
import { Language } from '../kernel/text.ts';

/** base64url of at least 16 random bytes, made on the device that issues the ticket. */
export const LinkToken = z.string().regex(/^[A-Za-z0-9_-]{22,64}$/);

/** A mobile number as typed, with the sentence that the customer agreed to. Without consent, leave it out. */
export const ContactInput = z.strictObject({
  phone: z.string().min(4).max(40),
  consentWording: z.string().min(1).max(40),
  consentLanguage: Language,
});
export type ContactInput = z.output<typeof ContactInput>;
