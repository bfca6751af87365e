// Socket.IO without anything of ours: whoever says hello gets one text that was encoded beforehand.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { answerParent } from './child.ts';

const http = createServer();
const io = new Server(http, { serveClient: false, transports: ['websocket'], perMessageDeflate: false });
let snapshot = '';

io.on('connection', (socket) => {
  socket.on('hello', (_hello: unknown, answer: (given: unknown) => void) => {
    // The packet as it stands, past the encoder: engine.io puts its own 4 before it.
    socket.conn.send(snapshot.slice(1));
    answer({ ok: true });
  });
});

answerParent({
  listen: (text: string) => {
    snapshot = text;
    return new Promise((resolve) =>
      http.listen(0, '127.0.0.1', () => resolve((http.address() as AddressInfo).port)),
    );
  },
});
process.once('SIGTERM', () => process.exit(0));
