import type { RawClient } from './raw-client.ts';

/** Engine.IO's handshake: what goes with "40", and the hello after it; null for who only sends commands. */
export interface SocketIoHello {
  readonly auth: unknown;
  readonly hello: unknown;
}

/** Answers what a Socket.IO server sends until the hello is answered, and its pings from then on. */
export function greet(
  text: string,
  client: RawClient,
  { auth, hello }: SocketIoHello,
  ready: () => void,
  refuse: (error: Error) => void,
): void {
  if (text === '2') client.send('3');
  else if (text.startsWith('0')) client.send(`40${JSON.stringify(auth)}`);
  else if (text.startsWith('40')) {
    if (hello === null) ready();
    else client.send(`420["hello",${JSON.stringify(hello)}]`);
  } else if (text.startsWith('430') && hello !== null) {
    if (text.includes('"ok":true')) ready();
    else refuse(new Error(`hello was refused: ${text.slice(0, 200)}`));
  } else if (text.startsWith('44')) refuse(new Error(`refused: ${text.slice(0, 200)}`));
}
