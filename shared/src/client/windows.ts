import type { Answer, CommandEnvelope } from '../kernel/command.ts';
import type { ConnectionOptions } from './connection-state.ts';
import type { Outbox, OutboxHost } from './outbox.ts';
import type { Writer } from './writer.ts';

/** What the windows of one browser tell each other of one person's outbox of one stream. */
export type WindowMessage =
  /** It is on the disk and wants to be sent. */
  | { readonly kind: 'put'; readonly command: CommandEnvelope }
  | { readonly kind: 'answered'; readonly command: CommandEnvelope; readonly answer: Answer }
  /** Somebody has read its refusal. */
  | { readonly kind: 'dismissed'; readonly commandId: string };

/**
 * One window's way to the others that have the same disk and the same person. A message may be lost with the window
 * that sent it, the turn never is: it goes on when its holder closes, crashes or is killed.
 */
export interface Windows {
  /** Waits for the turn; `onTurn` runs once it is this window's. The returned function gives it back, or stops waiting. */
  takeTurn(onTurn: () => void): () => void;
  /** To all others, not to this one. */
  tell(message: WindowMessage): void;
  listen(onMessage: (message: WindowMessage) => void): () => void;
  /** What is not on the common disk is sent by the window that it was asked of; all is, where this is left out. */
  readonly shares?: (type: string) => boolean;
  /** Brought along by who has other windows, see shared-outbox.ts. */
  readonly outbox: <T>(
    options: ConnectionOptions<T> & { readonly windows: Windows },
    writer: Writer,
    host: OutboxHost<T>,
  ) => Outbox<T>;
}
