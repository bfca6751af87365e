import { setTimeout as delay } from 'node:timers/promises';
import { msBetween, type Instant } from '@schalter/shared/kernel/time.ts';
import { worksAt } from '@schalter/shared/platform/access.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import type { JobData } from '../jobs/job.ts';
import { readActor, readPerson } from '../platform/profile.ts';
import type { Push, PushOutcome } from '../ports/push.ts';
import type { Parts } from '../transport/caller.ts';
import { noticeText, told, TTL_S, type Told } from './push-notices.ts';
import type { PushStore, Subscribed } from './push-store.ts';

/** WP7: later than this nobody wants to hear it any more; a server was away, say. */
const LATE_MS = 120_000;
/** Within the time that a worker may hold a job (jobs/boss.ts). */
const TRIES = 3;
const WAIT_MS = 1_000;
const WAIT_MS_MAX = 3_000;

export interface PushParts extends Parts {
  readonly push: Push;
  readonly subscriptions: PushStore;
  /** Told by the service alone: the whole address is a way to somebody's browser. */
  readonly onNotTaken: (what: { readonly service: string; readonly code: string }) => void;
}
type PushJob = JobData<'push'>;

/**
 * Tells one notice, to every browser that it is for. A worker may be killed at any line, and another one does it again:
 * then the later notice replaces the earlier, by its tag.
 */
export const pushWorker =
  (parts: PushParts) =>
  async ({ streamId, notice, at }: PushJob): Promise<void> => {
    if (isLate(at, parts.clock.now())) return;
    // Another process may have added the job, and this one not have heard yet of what it is about.
    const found = await parts.engine.readCurrent(streamId, ({ live, head }) => ({
      is: told(live, notice),
      organisationId: head.organisationId,
    }));
    if (!found?.is) return;
    const { is, organisationId } = found;
    const readers = await readersOf(parts, organisationId, streamId, is);
    await Promise.all(
      readers.map(async ({ browser, language }) => {
        const isFirst =
          notice.kind !== 'approaching' ||
          (await parts.subscriptions.claimApproaching(browser, notice.stageId));
        if (!isFirst) return;
        const outcome = await send(parts.push, {
          to: browser.to,
          payload: noticeText(is, language),
          ttlS: TTL_S[notice.kind],
          isUrgent: notice.kind === 'called',
          topic: is.tag.replaceAll('-', '').slice(0, 32),
        });
        if (outcome.outcome === 'gone')
          await parts.subscriptions.end(browser, browser.to.endpoint, parts.clock.now());
        else if (outcome.outcome === 'failed')
          parts.onNotTaken({ service: new URL(browser.to.endpoint).host, code: outcome.code });
      }),
    );
  };

const isLate = (at: Instant, now: Instant): boolean => msBetween(at, now) > LATE_MS;

interface Reader {
  readonly browser: Subscribed;
  readonly language: Language;
}

async function readersOf(
  parts: PushParts,
  organisationId: string,
  locationId: string,
  { to, language }: Told,
): Promise<readonly Reader[]> {
  const now = parts.clock.now();
  if ('visitId' in to) {
    const browsers = await parts.subscriptions.visit(organisationId, to.visitId, now);
    return browsers.map((browser) => ({ browser, language: language ?? 'de' }));
  }
  const readers: Reader[] = [];
  for (const browser of await parts.subscriptions.people(organisationId, now)) {
    const person = await readPerson(parts, organisationId, browser.ownerId);
    const actor = await readActor(parts, organisationId, browser.ownerId, null);
    if (person?.active !== true || actor?.kind !== 'person') continue;
    if (!worksAt(actor, { organisationId, locationId }) || !to.isFor(actor)) continue;
    readers.push({ browser, language: person.language });
  }
  return readers;
}

async function send(push: Push, request: Parameters<Push['send']>[0]): Promise<PushOutcome> {
  for (let n = 1; ; n++) {
    const outcome = await push.send(request);
    if (outcome.outcome !== 'failed' || !outcome.mayPass || n === TRIES) return outcome;
    await delay(Math.min(WAIT_MS_MAX, Math.max(WAIT_MS, outcome.waitMs)));
  }
}
