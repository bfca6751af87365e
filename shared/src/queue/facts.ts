import type { StageStatus } from './rows.ts';

interface StageFact {
  readonly stageId: string;
  readonly visitId: string;
  readonly serviceId: string;
}

export type QueueFact =
  | (StageFact & { readonly type: 'queue.ticketIssued'; readonly series: string; readonly number: number })
  | (StageFact & {
      /** Given by a kiosk that was without the server. */
      readonly type: 'queue.ticketRecorded';
      readonly series: string;
      readonly number: number;
      /** What stands on the paper; another than `number` only where that was taken. */
      readonly printed: number;
      readonly blockId: string;
    })
  | (StageFact & {
      readonly type: 'queue.ticketCalled';
      readonly callId: string;
      readonly callNo: number;
      readonly counterId: string;
    })
  | (StageFact & {
      readonly type: 'queue.ticketRecalled';
      readonly callId: string;
      readonly callNo: number;
      readonly counterId: string;
    })
  | (StageFact & {
      /** By voice, at a counter without the server; too long ago to be announced. */
      readonly type: 'queue.ticketCalledAloud';
      readonly callId: string;
      readonly callNo: number;
      readonly counterId: string;
    })
  | (StageFact & {
      /** By voice at `counterId`, and meanwhile at another counter, where the customer stays. */
      readonly type: 'queue.ticketCalledTwice';
      readonly counterId: string;
    })
  | (StageFact & { readonly type: 'queue.doubleCallKnown'; readonly counterId: string })
  | (StageFact & { readonly type: 'queue.serviceStarted'; readonly counterId: string })
  | (StageFact & { readonly type: 'queue.serviceCompleted'; readonly counterId: string })
  | (StageFact & { readonly type: 'queue.ticketHeld'; readonly resumeAt: string | null })
  | (StageFact & { readonly type: 'queue.ticketResumed' })
  | (StageFact & { readonly type: 'queue.ticketRequeued' })
  | (StageFact & {
      readonly type: 'queue.ticketTransferred';
      readonly toStageId: string;
      readonly toServiceId: string;
    })
  | (StageFact & { readonly type: 'queue.ticketMissed' })
  | (StageFact & { readonly type: 'queue.ticketLeft' })
  | (StageFact & { readonly type: 'queue.ticketCancelled' })
  | (StageFact & { readonly type: 'queue.ticketReopened' })
  | (StageFact & { readonly type: 'queue.ticketDelayed'; readonly until: string })
  | (StageFact & { readonly type: 'queue.actionUndone'; readonly action: string; readonly was: StageStatus })
  | {
      readonly type: 'queue.numbersLeased';
      readonly businessDay: string;
      readonly blockId: string;
      readonly deviceId: string;
      readonly first: number;
      readonly last: number;
    }
  | {
      /** The day is over: which numbers of a block were given, and how many were not. */
      readonly type: 'queue.numbersReturned';
      readonly blockId: string;
      readonly deviceId: string;
      readonly given: number;
      readonly unused: number;
    }
  | { readonly type: 'queue.arrivalConfirmed'; readonly visitId: string }
  | { readonly type: 'queue.comingConfirmed'; readonly visitId: string }
  | { readonly type: 'queue.contactWithdrawn'; readonly visitId: string }
  | { readonly type: 'queue.pushAllowed'; readonly visitId: string; readonly allowed: boolean }
  | { readonly type: 'queue.noteSet'; readonly visitId: string }
  | { readonly type: 'queue.visitRated'; readonly visitId: string; readonly rating: number }
  | { readonly type: 'queue.callShown'; readonly callId: string; readonly deviceId: string }
  | { readonly type: 'queue.helpRequested'; readonly helpRequestId: string }
  | { readonly type: 'queue.helpResolved'; readonly helpRequestId: string }
  | {
      readonly type: 'queue.dayClosed';
      readonly businessDay: string;
      readonly closed: number;
      readonly kept: number;
    };
