import { createTransport } from 'nodemailer';
import type { Email, EmailOutcome } from '../ports/email.ts';

/** A mail server that says nothing for so long is not there. */
const SILENCE_MS = 10_000;

export interface SmtpOptions {
  /** smtp://user:password@host:587, or smtps:// where the line is encrypted from its first byte. */
  readonly url: string;
  /** "Schalter <schalter@haus.example>". */
  readonly from: string;
}

export function smtpEmail({ url, from }: SmtpOptions): Email {
  const { protocol, hostname, port, username, password } = new URL(url);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  const transport = createTransport({
    host: hostname,
    port: Number(port) || (protocol === 'smtps:' ? 465 : 587),
    secure: protocol === 'smtps:',
    // A link that opens an account crosses no network in the clear.
    requireTLS: protocol === 'smtp:' && !isLocal,
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: SILENCE_MS,
    greetingTimeout: SILENCE_MS,
    socketTimeout: SILENCE_MS,
    // Nothing is read from a file or fetched from anywhere, whatever a text looks like.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    kind: 'smtp',
    async send({ to, subject, text }): Promise<EmailOutcome> {
      try {
        // An address, not a list of them: what somebody typed as an e-mail names one mailbox.
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text });
        return { outcome: 'accepted' };
      } catch (error) {
        const { responseCode, code } = error as { responseCode?: number; code?: string };
        // 5xx is final; 4xx, and a server that is away, may be otherwise in a minute.
        const isPermanent = responseCode !== undefined && responseCode >= 500;
        return {
          outcome: 'rejected',
          code: String(responseCode ?? code ?? 'unknown').slice(0, 40),
          isPermanent,
        };
      }
    },
  };
}
