import { expect, test } from 'vitest';
import { messageProblems } from '../i18n/message-problems.ts';
import { connectionText } from './connection-view.ts';
import { remaining } from './countdown.ts';
import { uiMessages } from './messages.ts';
import { qrPath } from './qr-path.ts';

const ZONE = 'Europe/Zurich';
const since = '2026-05-20T08:31:00.000Z';

test('a screen says how current it is', () => {
  expect(messageProblems(uiMessages)).toEqual([]);
  expect(connectionText({ kind: 'online' }, 'it', ZONE)).toBe('Connesso');
  expect(connectionText({ kind: 'notLive', since }, 'de', ZONE)).toBe('Nicht aktuell seit 10:31');
  expect(connectionText({ kind: 'offline', since, waiting: 0 }, 'en', ZONE)).toBe('Offline since 10:31');
  expect(connectionText({ kind: 'offline', since, waiting: 1 }, 'de', ZONE)).toBe(
    'Ohne Netz seit 10:31, 1 Eingabe wartet',
  );
  expect(connectionText({ kind: 'offline', since, waiting: 3 }, 'fr', ZONE)).toBe(
    'Sans réseau depuis 10:31, 3 saisies en attente',
  );
});

test('a countdown reads 0 only when the time is over', () => {
  expect(remaining('2026-05-20T08:31:15.000Z', '2026-05-20T08:31:00.001Z')).toBe('15');
  expect(remaining('2026-05-20T08:31:15.000Z', '2026-05-20T08:31:14.999Z')).toBe('1');
  expect(remaining('2026-05-20T08:31:15.000Z', '2026-05-20T08:31:15.000Z')).toBe('0');
  expect(remaining('2026-05-20T08:31:15.000Z', '2026-05-20T08:40:00.000Z')).toBe('0');
  expect(remaining('2026-05-20T08:34:12.000Z', '2026-05-20T08:31:00.000Z')).toBe('3:12');
});

test('a code has its white margin of four modules on each side', () => {
  const { size, path } = qrPath('https://schalter.example/t/4q0mX7bS9nE1yRzW3kD5pA');
  const xs = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].map((m) => [
    Number(m[1]),
    Number(m[1]) + Number(m[3]),
    Number(m[2]),
  ]);
  expect(Math.min(...xs.map(([from]) => from ?? 0))).toBe(4);
  expect(Math.max(...xs.map(([, to]) => to ?? 0))).toBe(size - 4);
  expect(Math.min(...xs.map(([, , y]) => y ?? 0))).toBe(4);
});
