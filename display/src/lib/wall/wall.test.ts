import { describe, expect, it } from 'vitest';
import { addMs, HOUR } from '@schalter/shared/kernel/time.ts';
import {
  estimatesOf,
  hoursOf,
  liveOf,
  locationOf,
  NOW,
  SERVICES,
  serviceOf,
  settingsOf,
  text,
  type Ticket,
} from './fixtures.testing.ts';
import { wallLanguages, wallView, type WallInput } from './wall.ts';

const MORNING: readonly Ticket[] = [
  { letter: 'B', number: 40, status: 'done', counter: '1', order: 1 },
  { letter: 'M', number: 16, status: 'done', counter: '2', order: 2 },
  { letter: 'B', number: 41, status: 'no_show', counter: '3', order: 3, withdrawn: true },
  { letter: 'R', number: 9, status: 'serving', counter: '2', order: 4 },
  { letter: 'M', number: 17, status: 'serving', counter: '1', order: 5 },
  { letter: 'B', number: 42, status: 'called', counter: '3', order: 6 },
  { letter: 'B', number: 43, status: 'waiting', minutesAgo: 9 },
  { letter: 'M', number: 18, status: 'waiting', minutesAgo: 8 },
  { letter: 'B', number: 44, status: 'waiting', minutesAgo: 7 },
];
const input = (over: Partial<WallInput> = {}): WallInput => ({
  settings: settingsOf(),
  now: NOW,
  estimates: null,
  unannounced: new Set(),
  ...over,
});
const viewOf = (tickets: readonly Ticket[] = MORNING, over: Partial<WallInput> = {}) => {
  const view = wallView(liveOf(tickets), input(over));
  if (view === null) throw new Error('no view');
  return view;
};
const named = (rows: readonly { letter: string; digits: string }[]) => rows.map((r) => r.letter + r.digits);

describe('calls', () => {
  it('[DI-01] [D13] shows each called number with its counter, the newest first, and the last four', () => {
    const { rows } = viewOf();
    expect(rows.map((r) => [r.letter + r.digits, r.counter, r.state])).toEqual([
      ['B042', '3', 'expected'],
      ['M017', '1', 'here'],
      ['R009', '2', 'here'],
      ['M016', '2', 'past'],
      ['B040', '1', 'past'],
    ]);
  });

  it('[DI-01] [D13] keeps five rows, and leaves out what is withdrawn or still waits to be announced', () => {
    const many = Array.from({ length: 9 }, (_, n): Ticket => ({
      letter: 'B',
      number: n + 1,
      status: 'done',
      counter: '1',
      order: n + 1,
    }));
    expect(named(viewOf(many).rows)).toEqual(['B009', 'B008', 'B007', 'B006', 'B005']);
    const unannounced = new Set(['call-9', 'call-8']);
    expect(named(viewOf(many, { unannounced }).rows)).toEqual(['B007', 'B006', 'B005', 'B004', 'B003']);
  });

  it('[D13] a call of a stage that was called again counts as an earlier one', () => {
    const live = liveOf(MORNING);
    const stage = live.rows.stages.get('stage-B-42');
    if (stage !== undefined) live.rows.stages.set(stage.id, { ...stage, callNo: 2 });
    expect(wallView(live, input())?.rows[0]?.state).toBe('past');
  });

  it('[DI-04] [D14] holds numbers only, whatever the rows hold', () => {
    const secret = { name: 'Beat Müller', note: 'ZH 123456', reservationReference: 'R-77' };
    const view = viewOf(MORNING.map((ticket) => ({ ...ticket, visit: secret })));
    const { location: _location, ...shown } = view;
    for (const value of Object.values(secret)) expect(JSON.stringify(shown)).not.toContain(value);
  });
});

describe('the line', () => {
  it('[D15] shows who is next, in the order of calls, without those who are not here or asked for time', () => {
    const away: Ticket = {
      letter: 'R',
      number: 1,
      status: 'waiting',
      minutesAgo: 30,
      visit: { presence: 'remote' },
    };
    const live = liveOf([away, ...MORNING]);
    const delayed = live.rows.stages.get('stage-M-18');
    if (delayed !== undefined)
      live.rows.stages.set(delayed.id, { ...delayed, notBefore: addMs(NOW, 60_000) });
    expect(named(wallView(live, input())?.next ?? [])).toEqual(['B043', 'B044']);
  });

  it('[DI-05] [D16] says how many wait and how long, per service; nothing is invented', () => {
    const estimates = estimatesOf({ B: { waiting: 2, range: [4, 7] }, M: { waiting: 1, range: null } });
    const { services } = viewOf(MORNING, { estimates });
    expect(services.map((s) => [s.letter, s.waiting, s.wait.kind])).toEqual([
      ['B', 2, 'range'],
      ['M', 1, 'noCounter'],
      ['R', null, 'unknown'],
      ['I', null, 'unknown'],
    ]);
    expect(services[0]?.wait).toEqual({ kind: 'range', range: { lowMin: 4, highMin: 7 } });
  });

  it('[D16] a service that is closed says when it opens', () => {
    const hours = hoursOf('13:00', '17:00');
    const services = [
      serviceOf('B', 1, text('Abholung'), { hours }),
      serviceOf('Z', 2, text('Zu'), { active: false }),
    ];
    const view = wallView(liveOf([], services), input());
    expect(view?.services.map((s) => s.wait)).toEqual([
      { kind: 'closed', opensAt: '2026-05-20T11:00:00.000Z' },
    ]);
  });
});

describe('settings', () => {
  it('[DI-07] [D17] a display shows the services it is set to: calls, line and waits', () => {
    const view = viewOf(MORNING, { settings: settingsOf({ serviceIds: ['service-M'] }) });
    expect(named(view.rows)).toEqual(['M017', 'M016']);
    expect(named(view.next)).toEqual(['M018']);
    expect(view.services.map((s) => s.letter)).toEqual(['M']);
  });

  it('[D18] speaks the first of its languages, with a second where exactly two are set', () => {
    const location = locationOf();
    expect(wallLanguages(settingsOf(), location)).toEqual({ language: 'de', second: null });
    expect(wallLanguages(settingsOf({ languages: ['fr', 'en'] }), location)).toEqual({
      language: 'fr',
      second: 'en',
    });
    expect(wallLanguages(settingsOf({ languages: [] }), locationOf({ languages: ['it'] }))).toEqual({
      language: 'it',
      second: null,
    });
    expect(viewOf(MORNING, { settings: settingsOf({ languages: ['fr'] }) }).services[0]?.name).toBe(
      'Retirer une réservation',
    );
  });

  it('[D18] shows the house’s text where the display is set to, in a language that it was written in', () => {
    const mediaText = { de: '', fr: '', it: '', en: 'New: electric cars' };
    expect(viewOf(MORNING, { settings: settingsOf({ media: 'text', mediaText }) }).mediaText).toBe(
      'New: electric cars',
    );
    expect(viewOf(MORNING, { settings: settingsOf({ media: 'none', mediaText }) }).mediaText).toBe('');
  });
});

describe('closed', () => {
  const night = addMs(NOW, 14 * HOUR);
  it('[D19] after hours, once nobody waits or is served, it says when the house opens', () => {
    const done = MORNING.filter((ticket) => ticket.status === 'done');
    expect(viewOf(done, { now: night }).closed).toEqual({ opensAt: '2026-05-21T05:00:00.000Z' });
    expect(viewOf(done).closed).toBeNull();
    expect(viewOf(MORNING, { now: night }).closed).toBeNull();
  });

  it('has nothing to show before its rows are there', () => {
    const live = liveOf([], SERVICES);
    live.rows.locations.clear();
    expect(wallView(live, input())).toBeNull();
  });
});
