import type { Notice } from '../messaging/push-notices.ts';

/** Work that follows from a fact, added in the transaction of its cause. */
export type Job =
  | {
      /** Submit a command; its id is derived from the cause, so that twice is once. */
      readonly queue: 'command';
      readonly data: {
        readonly streamId: string;
        readonly type: string;
        readonly input: unknown;
        readonly commandId: string;
      };
      /** Not before this instant; left out, at once. */
      readonly startAfter?: string;
    }
  | {
      readonly queue: 'message';
      readonly data: { readonly streamId: string; readonly messageId: string };
      readonly startAfter?: string;
    }
  | {
      /** Tells browsers that are looked at by nobody. */
      readonly queue: 'push';
      readonly data: { readonly streamId: string; readonly notice: Notice; readonly at: string };
      readonly startAfter?: string;
    }
  | {
      /** Takes out of the journal what it says of people whom a command has erased; null at its beginning. */
      readonly queue: 'redact';
      readonly data: {
        readonly streamId: string;
        readonly commandId: string;
        readonly afterSeq: number | null;
      };
      readonly startAfter?: string;
    }
  | {
      /** Writes an e-mail: to who has an address, if anybody has; or to a person. */
      readonly queue: 'mail';
      readonly data: { readonly mailId: string } & (
        | { readonly purpose: 'reset'; readonly email: string }
        | {
            readonly purpose: 'reset' | 'invitation' | 'password_changed';
            readonly organisationId: string;
            readonly personId: string;
          }
      );
      readonly startAfter?: string;
    };

export type JobQueue = Job['queue'];
export type JobData<Q extends JobQueue> = Extract<Job, { queue: Q }>['data'];
