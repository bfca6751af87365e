// What people did, as they would write it down; and what the house's journal says that they did.
import type postgres from 'postgres';

/** As the buttons say it; a call is one, whoever chose the customer. */
export type Act = 'call' | 'start' | 'complete' | 'hold' | 'note' | 'serve';

const ACT_OF: Readonly<Record<string, Act>> = {
  'queue.callNext': 'call',
  'queue.call': 'call',
  'queue.start': 'start',
  'queue.complete': 'complete',
  'queue.hold': 'hold',
  'queue.setNote': 'note',
  'queue.serveWithoutTicket': 'serve',
};
/** Whom a call calls is the server's choice, and may be another one than the screen had shown: calls are counted. */
export const ANYBODY = '*';
/** Nobody said a number to somebody who came without one. */
export const NO_NUMBER = '-';

export interface Deed {
  readonly who: string;
  readonly act: Act;
  /** "M012", or one of the two above. */
  readonly number: string;
}
/** A card on somebody's screen that says what was not done; the numbers in its title. */
export interface Card {
  readonly who: string;
  readonly title: string;
}

export const deedText = ({ who, act, number }: Deed): string => `${who} ${act} ${number}`;

export class AccountBook {
  readonly deeds: Deed[] = [];
  readonly cards: Card[] = [];

  did(who: string, act: Act, number: string): void {
    this.deeds.push({ who, act, number });
  }
  wasShown(who: string, title: string): void {
    this.cards.push({ who, title });
  }

  /**
   * The sentences in which book and journal differ, and refusals that nobody was shown, or shown for nothing. `walkIns` are
   * the numbers of those who came without one: a tablet without the server shows another one until it knows theirs.
   */
  compare(journal: readonly Deed[], walkIns: ReadonlySet<string>): readonly string[] {
    const inJournal = counted(journal);
    const inBook = counted(
      this.deeds.map((deed) => (walkIns.has(deed.number) ? { ...deed, number: NO_NUMBER } : deed)),
    );
    const problems: string[] = [];
    for (const [text, n] of inJournal) {
      const booked = inBook.get(text) ?? 0;
      if (n > booked) problems.push(`${text}: ${n} times in the journal, done ${booked} times`);
    }
    const cards = this.cards.map(({ who, title }) => ({ who, title: withoutWalkIns(title, walkIns) }));
    for (const [text, n] of inBook) {
      const missing = n - (inJournal.get(text) ?? 0);
      if (missing <= 0) continue;
      const [who = '', , number = ''] = text.split(' ');
      const card = cards.find((one) => one.who === who && says(one, number));
      if (card === undefined) problems.push(`${text}: ${missing} not in the journal, and no card was shown`);
    }
    for (const { who, title } of cards) {
      const isTrue = [...inBook].some(([text, n]) => {
        const [whose = '', , number = ''] = text.split(' ');
        return whose === who && says({ who, title }, number) && n > (inJournal.get(text) ?? 0);
      });
      if (!isTrue) problems.push(`${who} was shown "${title}", which was done`);
    }
    return problems;
  }
}

const withoutWalkIns = (title: string, walkIns: ReadonlySet<string>): string =>
  title.replace(/([A-Z])\s?(\d{3,4})/g, (said, letter: string, digits: string) =>
    walkIns.has(letter + digits) ? '' : said,
  );

const NUMBER = /[A-Z]\s?\d{3,4}/;
const says = ({ title }: Card, number: string): boolean =>
  number === ANYBODY ||
  (number === NO_NUMBER ? !NUMBER.test(title) : title.replace(/\s/g, '').includes(number));

function counted(deeds: readonly Deed[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const deed of deeds) counts.set(deedText(deed), (counts.get(deedText(deed)) ?? 0) + 1);
  return counts;
}

export async function walkInsOf(sql: postgres.Sql): Promise<ReadonlySet<string>> {
  const rows = await sql<{ said: string }[]>`
    select series || lpad(number::text, 3, '0') as said from visits where source = 'staff'`;
  return new Set(rows.map(({ said }) => said));
}

/** What the journal says of each person, in its own words turned into theirs. */
export async function journalDeeds(sql: postgres.Sql, names: ReadonlyMap<string, string>): Promise<Deed[]> {
  const rows = await sql<{ type: string; person: string; series: string; number: number; source: string }[]>`
    select j.type, j.actor->>'personId' as person, v.series, v.number, v.source
    from journal j
    left join stages s on s.id::text = coalesce(j.input->>'stageId', j.facts->0->>'stageId')
    join visits v on v.id = coalesce(s.visit_id, (j.input->>'visitId')::uuid)
    where j.actor->>'kind' = 'person' and j.type = any(${Object.keys(ACT_OF)})
    order by j.seq`;
  return rows.flatMap<Deed>(({ type, person, series, number, source }) => {
    const act = ACT_OF[type];
    const who = names.get(person);
    if (act === undefined || who === undefined) return [];
    const said = `${series}${String(number).padStart(3, '0')}`;
    if (act === 'call') return [{ who, act, number: ANYBODY }];
    return [{ who, act, number: source === 'staff' ? NO_NUMBER : said }];
  });
}
