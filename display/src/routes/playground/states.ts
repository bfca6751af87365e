import type { Language } from '@schalter/shared/kernel/text.ts';
import { addMs, HOUR } from '@schalter/shared/kernel/time.ts';
import type { DeviceSettings } from '@schalter/shared/platform/rows.ts';
import type { Service } from '@schalter/shared/directory/rows.ts';
import type { PairingView } from '@schalter/shared/ui/device/pairing.ts';
import type { SoundCheckView } from '../../lib/screens/sound-check.ts';
import {
  callOf,
  estimatesOf,
  hoursOf,
  liveOf,
  locationOf,
  NOW,
  serviceOf,
  SERVICES,
  settingsOf,
  text,
  type Ticket,
} from '../../lib/wall/fixtures.testing.ts';
import { wallView, type Estimates, type WallView } from '../../lib/wall/wall.ts';

type Called = Parameters<typeof callOf>[0];

export type PlaygroundState =
  | { readonly screen: 'pairing'; readonly view: PairingView; readonly removed: boolean }
  | { readonly screen: 'sound'; readonly view: SoundCheckView }
  | { readonly screen: 'starting'; readonly unreachable: boolean }
  | { readonly screen: 'closed'; readonly view: WallView; readonly now: string }
  | {
      readonly screen: 'wall';
      readonly view: WallView;
      readonly notLiveSince: string | null;
      readonly soundLocked: boolean;
      readonly calls: readonly ReturnType<typeof callOf>[];
    };

const MORNING: readonly Ticket[] = [
  { letter: 'R', number: 8, status: 'done', counter: '2', order: 1 },
  { letter: 'B', number: 41, status: 'done', counter: '3', order: 2 },
  { letter: 'R', number: 9, status: 'serving', counter: '2', order: 3 },
  { letter: 'M', number: 17, status: 'serving', counter: '1', order: 4 },
  { letter: 'B', number: 42, status: 'called', counter: '3', order: 5 },
  { letter: 'B', number: 43, status: 'waiting', minutesAgo: 9 },
  { letter: 'M', number: 18, status: 'waiting', minutesAgo: 8 },
  { letter: 'B', number: 44, status: 'waiting', minutesAgo: 7 },
  { letter: 'M', number: 19, status: 'waiting', minutesAgo: 6 },
  { letter: 'B', number: 45, status: 'waiting', minutesAgo: 5 },
];
const ESTIMATES = estimatesOf({
  B: { waiting: 3, range: [4, 7] },
  M: { waiting: 2, range: [12, 18] },
  R: { waiting: 0, range: [0, 1] },
  I: { waiting: 0, range: [0, 3] },
});
const EXPECTED = MORNING.map((t): Ticket => (t.number === 17 ? { ...t, status: 'called' } : t));
const SERVED = MORNING.map((t): Ticket => (t.status === 'called' ? { ...t, status: 'serving' } : t));
const CROWDED: readonly Ticket[] = [
  { letter: 'W', number: 1041, status: 'done', counter: 'Empfang', order: 1 },
  { letter: 'M', number: 999, status: 'serving', counter: '12', order: 2 },
  { letter: 'R', number: 1000, status: 'called', counter: 'Werkstatt', order: 3 },
  { letter: 'W', number: 1042, status: 'called', counter: '14', order: 4 },
  { letter: 'M', number: 1001, status: 'called', counter: '11', order: 5 },
  ...[1043, 1044, 1045, 1046, 1047, 1048, 1049].map((number, n): Ticket => ({
    letter: 'W',
    number,
    status: 'waiting',
    minutesAgo: 20 - n,
  })),
];
const CROWDED_SERVICES: readonly Service[] = [
  serviceOf('W', 1, text('Werkstattannahme und Beratung')),
  serviceOf('M', 2, text('Miete')),
  serviceOf('R', 3, text('Rückgabe'), {
    hours: hoursOf('13:00', '17:00'),
  }),
  serviceOf('P', 4, text('Pannendienst')),
  serviceOf('K', 5, text('Kasse')),
  serviceOf('S', 6, text('Schadenmeldung')),
];
const CROWDED_ESTIMATES = estimatesOf({
  W: { waiting: 17, range: [75, 120] },
  M: { waiting: 4, range: [8, 14] },
  P: { waiting: 1, range: null },
  K: { waiting: 0, range: [0, 1] },
  S: { waiting: 2, range: [35, 50] },
});
const LONG_MEDIA = text(
  'Neu am Flughafen: elektrische Autos mit 450 km Reichweite. Geladen wird im Parkhaus 3, die Karte liegt im Wagen. Fragen Sie am Schalter.',
);

interface WallOptions {
  readonly tickets?: readonly Ticket[];
  readonly services?: readonly Service[];
  readonly settings?: Partial<DeviceSettings>;
  readonly estimates?: Estimates | null;
  readonly notLiveSince?: string | null;
  readonly soundLocked?: boolean;
  readonly calls?: readonly Called[];
}

function viewOf(
  language: Language,
  { tickets, services, settings, estimates }: WallOptions,
  now = NOW,
): WallView {
  const live = liveOf(tickets ?? MORNING, services ?? SERVICES, locationOf());
  const languages = settings?.languages ?? [language];
  const input = {
    settings: settingsOf({ ...settings, languages }),
    now,
    estimates: estimates ?? null,
    unannounced: new Set<string>(),
  };
  return wallView(live, input) as WallView;
}

const wall =
  (options: WallOptions = {}) =>
  (language: Language): PlaygroundState => ({
    screen: 'wall',
    view: viewOf(language, { estimates: ESTIMATES, ...options }),
    notLiveSince: options.notLiveSince ?? null,
    soundLocked: options.soundLocked ?? false,
    calls: (options.calls ?? []).map(callOf),
  });
const called = (letter: string, number: number, counter: string, language: Language, order = 5): Called => ({
  letter,
  number,
  counter,
  language,
  order,
  status: 'called',
});
const second = (language: Language): Language => (language === 'en' ? 'de' : 'en');

/** Every state of the wall by name, in any language. */
export const STATES: Readonly<Record<string, (language: Language) => PlaygroundState>> = {
  pairing: () => ({
    screen: 'pairing',
    removed: false,
    view: { state: 'code', code: 'K7M-4QX', expiresAt: addMs(NOW, 600_000) },
  }),
  'pairing-unreachable': () => ({ screen: 'pairing', removed: false, view: { state: 'unreachable' } }),
  'pairing-removed': () => ({
    screen: 'pairing',
    removed: true,
    view: { state: 'code', code: 'K7M-4QX', expiresAt: addMs(NOW, 600_000) },
  }),
  'sound-untouched': () => ({ screen: 'sound', view: { step: 'untouched' } }),
  'sound-checking': () => ({ screen: 'sound', view: { step: 'checking' } }),
  'sound-done': () => ({
    screen: 'sound',
    view: {
      step: 'done',
      chime: true,
      speech: true,
      goesInS: 14,
      voices: [
        { language: 'de', name: 'Google Deutsch' },
        { language: 'fr', name: 'Google français' },
        { language: 'it', name: null },
        { language: 'en', name: 'Daniel' },
      ],
    },
  }),
  'sound-silent': () => ({
    screen: 'sound',
    view: { step: 'done', chime: false, speech: true, goesInS: 9, voices: [{ language: 'de', name: null }] },
  }),
  starting: () => ({ screen: 'starting', unreachable: false }),
  'starting-unreachable': () => ({ screen: 'starting', unreachable: true }),
  wall: wall(),
  'wall-served': wall({ tickets: SERVED }),
  'wall-two-expected': wall({ tickets: EXPECTED }),
  'wall-empty': wall({ tickets: [], estimates: null }),
  'wall-no-counter': wall({
    estimates: estimatesOf({ B: { waiting: 3, range: null }, M: { waiting: 2, range: null } }),
  }),
  'wall-crowded': wall({ tickets: CROWDED, services: CROWDED_SERVICES, estimates: CROWDED_ESTIMATES }),
  'wall-two-languages': (language) =>
    wall({ settings: { languages: [language, second(language)] } })(language),
  'wall-media': wall({ settings: { media: 'text', mediaText: LONG_MEDIA } }),
  'wall-not-live': wall({ notLiveSince: addMs(NOW, -60_000) }),
  'wall-sound-locked': wall({ soundLocked: true }),
  closed: (language) => {
    const now = addMs(NOW, 14 * HOUR);
    return { screen: 'closed', now, view: viewOf(language, { tickets: [] }, now) };
  },
  takeover: (language) => wall({ calls: [called('B', 42, '3', language)] })(language),
  'takeover-burst': (language) =>
    wall({
      calls: [called('B', 42, '3', language), called('M', 18, '1', 'fr', 6), called('R', 10, '2', 'de', 7)],
    })(language),
  'takeover-other-language': (language) =>
    wall({ calls: [called('B', 42, '3', second(language))] })(language),
  'takeover-long': wall({ calls: [called('M', 1001, '11', 'fr')] }),
  'takeover-named': wall({ calls: [called('W', 1042, 'Werkstatt', 'de')] }),
};
