// The server speaks TLS itself: which versions, with which certificate, on the same port for pages, data and sockets.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { createTestDatabase } from './database.ts';
import { startServer } from './house.ts';

const folder = mkdtempSync(join(tmpdir(), 'schalter-tls-'));
const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let app: App;
beforeAll(async () => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const out = ['-keyout', keyFile, '-out', certFile];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...out],
    {
      stdio: 'ignore',
    },
  );
  database = await createTestDatabase();
  app = await startServer(database.url, { environment: { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } });
});
afterAll(async () => {
  await app.stop();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const shake = (options: ConnectionOptions): Promise<TLSSocket> =>
  new Promise((resolve, fail) => {
    const socket = connect(
      { host: 'localhost', port: app.port, ca: readFileSync(certFile), ...options },
      () => {
        resolve(socket);
      },
    ).on('error', fail);
  });

it('[RL-06] [O14] [V12.1.1] speaks TLS 1.3 and 1.2, the later first, and nothing older', async () => {
  const latest = await shake({});
  expect(latest.getProtocol()).toBe('TLSv1.3');
  latest.destroy();
  const older = await shake({ maxVersion: 'TLSv1.2' });
  expect(older.getProtocol()).toBe('TLSv1.2');
  older.destroy();
  // The client would take anything; it is the server that refuses.
  const weak = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
  await expect(shake(weak)).rejects.toThrow(/alert|protocol/i);
});

it('[RL-06] [V12.1.2] takes authenticated ciphers with forward secrecy alone', async () => {
  for (const ciphers of [
    'AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-SHA',
    'ECDHE-RSA-AES256-SHA384',
    'AES256-SHA',
  ]) {
    await expect(shake({ maxVersion: 'TLSv1.2', ciphers }), ciphers).rejects.toThrow(/alert|handshake/i);
  }
  const taken = await shake({ maxVersion: 'TLSv1.2' });
  expect(taken.getCipher().name).toMatch(/^ECDHE-.*(GCM|POLY1305)/);
  taken.destroy();
});

it('[RL-06] [V4.4.1] [V12.2.1] pages, data and sockets are there encrypted, and none of them otherwise', async () => {
  const ca = readFileSync(certFile);
  const url = `https://localhost:${app.port}`;
  const status = await new Promise((resolve, fail) => {
    get(`${url}/`, { ca }, (response) => {
      expect(response.headers['strict-transport-security']).toContain('max-age');
      response.resume();
      resolve(response.statusCode);
    }).on('error', fail);
  });
  expect(status).toBe(200);
  const socket = io(url, { transports: ['websocket'], ca: ca.toString(), reconnection: false });
  await new Promise<void>((resolve, fail) => socket.on('connect', resolve).on('connect_error', fail));
  socket.disconnect();
  await expect(fetch(`http://localhost:${app.port}/`)).rejects.toThrow();
  expect(app.parts.publicUrl()).toBe(url);
});

it('[O14] [V12.3.2] what would weaken it is refused at the start, by name', () => {
  const refused: [Record<string, string>, RegExp][] = [
    [{ TLS_CERT_FILE: certFile }, /belong together/],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, /trust anybody/],
  ];
  for (const [environment, why] of refused) expect(() => readConfig(environment, folder)).toThrow(why);
});

it('[O19] [V13.3.1] a secret may stand in a file, as a vault hands it over; not twice', () => {
  const set = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_FROM: '+41', TWILIO_AUTH_TOKEN_FILE: 'cert.pem' };
  expect(readConfig(set, folder).twilio?.authToken).toBe(readFileSync(certFile, 'utf8').trim());
  expect(() => readConfig({ ...set, TWILIO_AUTH_TOKEN: 'x' }, folder)).toThrow(/one of them/);
  expect(() => readConfig({ ...set, TWILIO_AUTH_TOKEN_FILE: 'none' }, folder)).toThrow(/none/);
});
