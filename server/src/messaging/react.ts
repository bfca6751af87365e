import { addMs, MINUTE, SECOND } from '@schalter/shared/kernel/time.ts';
import type { Message } from '@schalter/shared/messaging/rows.ts';
import { approaching, consentOf, messageFor } from '@schalter/shared/messaging/select.ts';
import type { Template } from '@schalter/shared/messaging/texts.ts';
import { estimateWaits } from '@schalter/shared/queue/estimate.ts';
import type { Stage } from '@schalter/shared/queue/rows.ts';
import type { AllLive, Fact } from '@schalter/shared/registry.ts';
import type { React } from '../engine/decide-batch.ts';
import type { Job } from '../jobs/job.ts';
import { idFor } from '../queue/day-end.ts';

/** A worker that was killed is followed this soon after its lease ended. */
const WATCH_MS = SECOND;
/** How long after a message expired it is still looked for; then it stays unknown. */
const LOOK_FOR_MS = 5 * MINUTE;
/** A report that has not come by then is asked for: callbacks get lost when this server cannot be reached. */
export const REPORT_MS = 10 * MINUTE;

/** Facts that move nobody's place in line. */
const STILL: ReadonlySet<string> = new Set<Fact['type']>([
  'queue.ticketRecalled',
  'queue.comingConfirmed',
  'queue.contactWithdrawn',
  'queue.pushAllowed',
  'queue.noteSet',
  'queue.visitRated',
  'queue.callShown',
  'queue.helpRequested',
  'queue.helpResolved',
  'queue.dayClosed',
]);

/** Whether somebody may stand elsewhere in the line than a moment ago. */
export const movesLine = ({ type }: Fact): boolean => type.startsWith('queue.') && !STILL.has(type);

/** What the facts of the queue and of messages mean for messages: jobs, in the transaction of their cause. */
export const reactMessaging =
  (publicUrl: () => string): React =>
  (fact, live, { now, streamId, commandId }) => {
    const jobs: Job[] = [];
    const command = (type: string, input: unknown, ...cause: string[]): void => {
      jobs.push({ queue: 'command', data: { streamId, type, input, commandId: idFor(type, ...cause) } });
    };
    switch (fact.type) {
      case 'queue.ticketCalled': {
        const stage = live.rows.stages.get(fact.stageId);
        if (stage !== undefined) jobs.push(...called(live, stage, fact.callId, publicUrl));
        break;
      }
      case 'queue.contactWithdrawn':
        command('messaging.forget', { visitId: fact.visitId }, commandId);
        break;
      case 'queue.dayClosed':
        command('messaging.closeDay', { businessDay: fact.businessDay }, commandId);
        break;
      case 'messaging.messageQueued':
        jobs.push(messageJob(streamId, fact.messageId, fact.delayMs === 0 ? null : addMs(now, fact.delayMs)));
        break;
      case 'messaging.messageClaimed':
      case 'messaging.messageSettled': {
        const message = live.rows.messages.get(fact.messageId);
        const at = message === undefined ? null : lookAgainAt(message, now);
        if (at !== null) jobs.push(messageJob(streamId, fact.messageId, at));
        break;
      }
      default:
        break;
    }
    if (movesLine(fact)) {
      jobs.push(...approachingJobs(live, now, publicUrl));
    }
    return jobs;
  };

/** When somebody has to look at a message again, should nothing happen to it before; null for never. */
function lookAgainAt({ status, claimedUntil, expiresAt }: Message, now: string): string | null {
  if (status === 'sent') return addMs(now, REPORT_MS);
  const isOpen = status === 'sending' || (status === 'unknown' && now < addMs(expiresAt, LOOK_FOR_MS));
  return isOpen && claimedUntil !== null ? addMs(claimedUntil, WATCH_MS) : null;
}

const messageJob = (streamId: string, messageId: string, startAfter: string | null): Job => ({
  queue: 'message',
  data: { streamId, messageId },
  ...(startAfter === null ? {} : { startAfter }),
});

function called(live: AllLive, stage: Stage, callId: string, publicUrl: () => string): readonly Job[] {
  const visit = live.rows.visits.get(stage.visitId);
  if (visit === undefined || consentOf(live, visit) === undefined) return [];
  return [prepareJob(live, stage, 'called', publicUrl, callId)];
}

/**
 * Jobs for those whose turn approaches now. Found by state, not by event, so that it may be asked as often as
 * one likes: the same ticket in the same state gets the same command.
 */
export const approachingJobs = (live: AllLive, now: string, publicUrl: () => string): readonly Job[] =>
  approaching(live, () => estimateWaits(live, now).tickets).map((stage) =>
    prepareJob(live, stage, 'approaching', publicUrl, String(stage.version), untold(live, stage)),
  );

/** One that expired before the carrier took it is another message when it is asked for again. */
const untold = (live: AllLive, stage: Stage): string =>
  messageFor(live, stage.id, 'approaching')?.queuedAt ?? '';

function prepareJob(
  live: AllLive,
  stage: Stage,
  template: Template,
  publicUrl: () => string,
  ...cause: string[]
): Job {
  const token = live.rows.visits.get(stage.visitId)?.linkToken ?? '';
  return {
    queue: 'command',
    data: {
      streamId: stage.locationId,
      type: 'messaging.prepare',
      // Behind the "#", so that the customer's secret reaches no server's log.
      input: { stageId: stage.id, template, link: `${publicUrl()}/t#${token}` },
      commandId: idFor('messaging.prepare', stage.id, template, ...cause),
    },
  };
}
