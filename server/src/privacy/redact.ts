import { z } from 'zod';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { RETENTION, type Retention } from '@schalter/shared/personal-data.ts';
import { redacted } from '@schalter/shared/personal-data-journal.ts';
import type { Engine } from '../engine/execute.ts';
import type { Job, JobData } from '../jobs/job.ts';
import type { CredentialStore } from '../platform/credential-store.ts';
import type { PushStore } from '../messaging/push-store.ts';
import type { LinkStore } from '../platform/link-store.ts';
import type { Clock } from '../ports/clock.ts';
import { idFor } from '../queue/day-end.ts';
import { submit } from '../transport/caller.ts';
import type { ErasuresFile } from './erasures-file.ts';
import type { HeldData, SaidEntry, Stream } from './queries.ts';

/** A job is somebody else's after fifteen seconds (jobs/boss.ts): what is left by then goes on in another. */
const BUDGET_MS = 8_000;
const TRIES = 20;
const EVERYTHING = Object.keys(RETENTION) as Retention[];

export interface Redacting {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly held: HeldData;
  readonly file: ErasuresFile;
  readonly credentials: CredentialStore;
  readonly links: LinkStore;
  readonly subscriptions: PushStore;
  readonly locationsOf: (organisationId: string) => Promise<readonly string[]>;
  readonly later: (job: Job) => Promise<void>;
}

/** After an erasure: it is written down, the journal is redacted, and of a person also at every location. */
export const redactWorker =
  (parts: Redacting) =>
  async ({ streamId, commandId, afterSeq }: JobData<'redact'>): Promise<void> => {
    const organisationId = await parts.engine.read(streamId, ({ head }) => head.organisationId);
    if (organisationId === null) return;
    const stream = { organisationId, streamId };
    const erasure = await parts.held.entryOf(stream, commandId);
    if (erasure === null) return;
    if (afterSeq === null) await begin(parts, stream, erasure);
    const left = await redactBefore(parts.held, stream, erasure, afterSeq);
    if (left !== null) await parts.later({ queue: 'redact', data: { streamId, commandId, afterSeq: left } });
  };

const PersonErased = z.object({ personId: Id });
const Visits = z.object({ visitIds: z.array(Id) });
const Erased = z.object({ personIds: z.array(Id), why: z.string() });

async function begin(parts: Redacting, stream: Stream, { type, input, commandId }: SaidEntry): Promise<void> {
  const { organisationId } = stream;
  for (const ownerId of Visits.safeParse(input).data?.visitIds ?? [])
    await parts.subscriptions.end({ organisationId, owner: 'visit', ownerId }, null, parts.clock.now());
  // What the retention does it does again by itself, whatever was restored.
  const isAsked = type.startsWith('privacy.') && Erased.safeParse(input).data?.why !== 'retention';
  if (isAsked) parts.file.add({ ...stream, commandId, type, input });
  const person = type === 'privacy.erasePerson' ? PersonErased.safeParse(input).data : undefined;
  if (person === undefined) return;
  const owner = { organisationId, owner: 'person', ownerId: person.personId } as const;
  await parts.subscriptions.end(owner, null, parts.clock.now());
  await parts.credentials.forget(organisationId, person.personId);
  await parts.links.forget(organisationId, person.personId, parts.clock.now());
  for (const locationId of await parts.locationsOf(organisationId)) {
    await submit(parts, {
      streamId: locationId,
      type: 'privacy.erase',
      input: { visitIds: [], reservationIds: [], personIds: [person.personId], why: 'request' },
      actor: { kind: 'system' },
      commandId: idFor('erase', commandId, locationId),
    });
  }
}

/** Where to go on, or null where nothing is left. Twice does no harm: what says nothing more is passed over. */
async function redactBefore(
  held: HeldData,
  stream: Stream,
  { seq: until, commandId, type, input, changes }: SaidEntry,
  afterSeq: number | null,
): Promise<number | null> {
  const who = {
    rowIds: new Set(changes.map(({ row }) => row.id)),
    personIds: new Set(Erased.safeParse(input).data?.personIds ?? []),
    // The end of a day takes away what is kept for the day; who asks to be erased, everything.
    retentions: type.startsWith('privacy.') ? EVERYTHING : (['day'] as const),
  };
  if (who.rowIds.size === 0 && who.personIds.size === 0) return null;
  // Of a person at a location it is not known when they first came.
  let seq = afterSeq ?? (who.personIds.size > 0 ? 0 : await held.lastBefore(stream, changes));
  const endsAt = performance.now() + BUDGET_MS;
  for (;;) {
    const page = await held.entriesAfter(stream, seq, until);
    for (const entry of page) {
      if (performance.now() > endsAt) return seq;
      const after = redacted(entry, who);
      if (after.input !== null || after.changes !== null)
        await held.redact(stream, { seq: entry.seq, commandId, ...after });
      seq = entry.seq;
    }
    if (page.length === 0) return null;
  }
}

/** At the start: who was erased is erased again, where an older copy of the database was restored. */
export async function reapplyErasures({
  engine,
  clock,
  held,
  file,
}: Pick<Redacting, 'engine' | 'clock' | 'held' | 'file'>): Promise<number> {
  let count = 0;
  for (const { organisationId, streamId, commandId, type, input } of file.read()) {
    // The same command: once it is in the journal again, it is known. Where a day is being closed at this moment it is
    // refused, for good, and sent again under an id that follows from it.
    const tries = [
      commandId,
      ...Array.from({ length: TRIES }, (_, n) => idFor('again', commandId, String(n))),
    ];
    if ((await held.known({ organisationId, streamId }, tries)).size > 0) continue;
    for (const id of tries) {
      const envelope = { commandId: id, streamId, type, input, occurredAt: clock.now() };
      const answer = await engine.execute({ envelope, actor: { kind: 'system' } });
      if (answer.ok) count += 1;
      else if (answer.code === 'versionConflict') continue;
      break;
    }
  }
  return count;
}
