// A mail server that listens on this machine: what it was sent, and answers as it is told.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

interface Received {
  readonly to: string;
  /** As it was written: without the marks of its way. */
  readonly text: string;
}

export interface MailServer {
  readonly url: string;
  readonly received: Received[];
  /** How often somebody tried to write to an address. */
  tries(address: string): number;
  /** Every recipient is refused with this code from now on; null for none. */
  refuseWith(code: number | null): void;
  close(): Promise<void>;
}

/** Quoted-printable, as it travels: lines are broken, and what is no ASCII is in hexadecimal. */
const decoded = (raw: string): string =>
  Buffer.from(
    raw
      .replaceAll('=\r\n', '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

export async function startMailServer(): Promise<MailServer> {
  const received: Received[] = [];
  const tried: string[] = [];
  let refusal: number | null = null;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(address, _session, done) {
      tried.push(address.address);
      done(refusal === null ? null : Object.assign(new Error('no'), { responseCode: refusal }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const text = decoded(Buffer.concat(chunks).toString('latin1'));
        for (const { address } of session.envelope.rcptTo) received.push({ to: address, text });
        done();
      });
    },
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    tries: (address) => tried.filter((one) => one === address).length,
    refuseWith: (code) => {
      refusal = code;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
