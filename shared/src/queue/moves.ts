// No zod in this file: the wall and the kiosk load it.
import { reject, type Rejection } from '../kernel/rejections.ts';
import type { Stage, StageStatus } from './rows.ts';

/** What can be done with a stage; the name of an action is its command without "queue.". */
export type Action =
  | 'call'
  | 'recall'
  | 'start'
  | 'complete'
  | 'hold'
  | 'resume'
  | 'requeue'
  | 'transfer'
  | 'markNoShow'
  | 'cancel'
  | 'reopen'
  | 'leave'
  | 'delay'
  | 'confirmComing'
  | 'close';

/** The state machine: from which statuses an action may be taken (Q1). */
export const MOVES: Readonly<Record<Action, readonly StageStatus[]>> = {
  call: ['waiting', 'held'],
  recall: ['called'],
  start: ['called'],
  complete: ['serving'],
  hold: ['serving'],
  resume: ['held'],
  requeue: ['called'],
  transfer: ['waiting', 'called', 'serving', 'held'],
  markNoShow: ['called'],
  cancel: ['waiting', 'called', 'held'],
  reopen: ['no_show', 'left', 'cancelled'],
  leave: ['waiting', 'called', 'held'],
  delay: ['waiting', 'called'],
  confirmComing: ['called'],
  close: ['waiting', 'called', 'serving', 'held'],
};

export const ACTIONS = Object.keys(MOVES) as readonly Action[];

/** Where an action leads; `close` is the end of the day. Undo goes back by itself (Q8). */
export const LEADS_TO: Readonly<Record<Action, StageStatus>> = {
  call: 'called',
  recall: 'called',
  start: 'serving',
  complete: 'done',
  hold: 'held',
  resume: 'waiting',
  requeue: 'waiting',
  transfer: 'transferred',
  markNoShow: 'no_show',
  cancel: 'cancelled',
  reopen: 'waiting',
  leave: 'left',
  delay: 'waiting',
  confirmComing: 'called',
  close: 'closed',
};

export const isOpen = (stage: Pick<Stage, 'status'>): boolean => MOVES.close.includes(stage.status);
/** The customer is on the way to a counter or stands at it. */
export const isAtCounter = (stage: Pick<Stage, 'status'>): boolean =>
  stage.status === 'called' || stage.status === 'serving';

export const illegalMove = (action: string, status: string): Rejection =>
  reject('illegalMove', { action, status });

/** Q1, Q2: the move is one of the table's, and the screen that asks showed the stage as it is. */
export function moveProblem(stage: Stage, action: Action, version?: number): Rejection | null {
  if (version !== undefined && version !== stage.version) {
    return reject('versionConflict', { version: stage.version, status: stage.status });
  }
  return MOVES[action].includes(stage.status) ? null : illegalMove(action, stage.status);
}
