import { addMs, msBetween, type Instant } from '@schalter/shared/kernel/time.ts';
import type { Person } from '@schalter/shared/platform/rows.ts';
import type { JobData } from '../jobs/job.ts';
import type { Email, EmailOutcome } from '../ports/email.ts';
import type { Parts } from '../transport/caller.ts';
import { LINK_MS, type MailRow, type MailStatus } from './link-store.ts';
import { MAIL_TEXTS } from './mail-texts.ts';
import { readPerson } from './profile.ts';

type MailJob = JobData<'mail'>;

/** What a mail server does not take for so long it never takes: whoever wants the link asks again. */
const GIVE_UP_MS = 4 * 60_000;

/**
 * Writes one e-mail about somebody's sign-in. A worker may be killed at any line, and another one does it again: then
 * a link is made anew, and the one of an e-mail that had gone out already is dead. It throws to be run again.
 */
export const mailWorker =
  (parts: Parts, email: Email) =>
  async (job: MailJob): Promise<void> => {
    const person = await addresseeOf(parts, job);
    // Nobody has this address: nothing is sent, and nothing says that it was asked for.
    if (person === null) return;
    const now = parts.clock.now();
    const { organisationId, id: personId } = person;
    const { purpose, mailId: id } = job;
    const link = purpose === 'password_changed' ? '' : await linkFor(parts, person, purpose, now);
    const organisation = await parts.engine.read(
      organisationId,
      ({ live }) => live.rows.organisations.get(organisationId)?.name,
    );
    const filled = { name: person.name, organisation: organisation ?? 'Schalter', link };
    const texts = MAIL_TEXTS[purpose][person.language];
    const mail = { to: person.email, subject: texts.subject(filled), text: texts.text(filled) };
    const expiresAt = purpose === 'password_changed' ? now : addMs(now, LINK_MS[purpose]);
    const row = { organisationId, id, personId, purpose, toAddress: mail.to, subject: mail.subject };
    const begun = await parts.links.beginMail({ ...row, createdAt: now, expiresAt });
    if (begun === null || begun.status !== 'queued') return;
    const outcome = await email.send(mail);
    const isLast = msBetween(begun.createdAt, now) >= GIVE_UP_MS;
    const became = becameOf(outcome, isLast);
    // Its text is kept only where nothing is sent, sealed, and as long as its link is good.
    const isKept = outcome.outcome === 'kept' && link !== '';
    const body = isKept ? parts.fields.seal(mail.text, bodyOf(row)) : null;
    await parts.links.setMail(row, { ...became, body, expiresAt });
    if (became.status === 'queued') throw new Error(`a mail server said ${became.errorCode ?? 'nothing'}`);
  };

async function addresseeOf(parts: Parts, job: MailJob): Promise<Person | null> {
  if ('email' in job) {
    const known = await parts.queries.personByEmail(job.email);
    const person = known === null ? null : await readPerson(parts, known.organisationId, known.id);
    return person?.active === true ? person : null;
  }
  const person = await readPerson(parts, job.organisationId, job.personId);
  return person?.active === true && person.email !== '' ? person : null;
}

async function linkFor(
  { links, publicUrl }: Parts,
  person: Person,
  purpose: 'reset' | 'invitation',
  now: Instant,
): Promise<string> {
  const { organisationId, id: personId, email } = person;
  const token = await links.make({ organisationId, personId, purpose }, email, now);
  // Behind `#`: in no log, no referrer and no proxy.
  return `${publicUrl()}/staff/sign-in/link#${token}`;
}

function becameOf(
  outcome: EmailOutcome,
  isLast: boolean,
): { readonly status: MailStatus; readonly errorCode: string | null } {
  switch (outcome.outcome) {
    case 'accepted':
      return { status: 'sent', errorCode: null };
    case 'kept':
      return { status: 'not_sent', errorCode: null };
    case 'rejected':
      return { status: outcome.isPermanent || isLast ? 'failed' : 'queued', errorCode: outcome.code };
  }
}

/** Where the sealed text of an e-mail stands. */
export const bodyOf = ({ organisationId, id }: Pick<MailRow, 'organisationId' | 'id'>) => ({
  organisationId,
  table: 'mails',
  rowId: id,
  column: 'body',
});
