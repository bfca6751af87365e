import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { TlsFiles } from '../config.ts';

/** Authenticated ciphers with forward secrecy (Mozilla's intermediate list without the older key exchange). */
const CIPHERS = [
  ...['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
].join(':');
/** A renewed certificate is in use within the hour; it is renewed weeks before its end. */
const RENEW_MS = 3_600_000;

export const tlsOf = async ({ certFile, keyFile }: TlsFiles): Promise<SecureContextOptions> => ({
  cert: await readFile(certFile),
  key: await readFile(keyFile),
  minVersion: 'TLSv1.2',
  ciphers: CIPHERS,
  honorCipherOrder: true,
});

/** Takes over what a renewal has written; what cannot be read leaves the one in use. */
export function renew(
  server: Server,
  files: TlsFiles,
  onError: (error: unknown) => void,
  everyMs = RENEW_MS,
) {
  return setInterval(() => {
    tlsOf(files)
      .then((context) => server.setSecureContext(context))
      .catch(onError);
  }, everyMs);
}
