import { Router } from 'express';
import { addMs, type Instant } from '@schalter/shared/kernel/time.ts';

/** RFC 9116 asks for less than a year; a server that nobody starts any more stops vouching for the address. */
const VALID_MS = 90 * 86_400_000;

/** `/.well-known/security.txt`: where somebody who has found a weakness tells it. Absent where nobody is named. */
export function securityTxt(options: {
  readonly contact: string | null;
  readonly publicUrl: () => string;
  readonly now: () => Instant;
}): Router {
  const router = Router();
  const { contact } = options;
  if (contact === null) return router;
  router.get('/.well-known/security.txt', (_request, response) => {
    const fields = {
      Contact: /^(https|mailto):/.test(contact) ? contact : `mailto:${contact}`,
      Expires: addMs(options.now(), VALID_MS),
      'Preferred-Languages': 'en, de, fr, it',
      Canonical: `${options.publicUrl()}/.well-known/security.txt`,
    };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
    response.type('text').send(lines.join(''));
  });
  return router;
}
