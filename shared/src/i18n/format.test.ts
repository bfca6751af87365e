import { expect, test } from 'vitest';
import { LANGUAGES } from '../kernel/text.ts';
import { formatDay, formatNumber, formatRange, formatTime } from './format.ts';
import { pickLanguage } from './language.ts';

test('times have 24 hours and a colon in every language, in the zone of the house', () => {
  for (const language of LANGUAGES) {
    expect(formatTime('2026-05-20T22:05:00.000Z', language, 'Europe/Zurich')).toBe('00:05');
    expect(formatTime('2026-01-20T12:32:00.000Z', language, 'Europe/Zurich')).toBe('13:32');
  }
});

test('days are those of the house', () => {
  expect(LANGUAGES.map((l) => formatDay('2026-05-20T22:05:00.000Z', l, 'Europe/Zurich'))).toEqual([
    '21.05.2026',
    '21.05.2026',
    '21.05.2026',
    '21/05/2026',
  ]);
});

test('a range says no more than is known', () => {
  expect(formatRange({ lowMin: 8, highMin: 12 }, 'de')).toBe('8–12 min');
  expect(formatRange({ lowMin: 7.9, highMin: 11.1 }, 'de')).toBe('7–12 min');
  expect(formatRange({ lowMin: 5, highMin: 5 }, 'fr')).toBe('5 min');
  expect(LANGUAGES.map((l) => formatRange({ lowMin: 0, highMin: 1 }, l))).toEqual([
    'sofort',
    'tout de suite',
    'subito',
    'now',
  ]);
  expect(formatRange({ lowMin: 0, highMin: 4 }, 'de')).toBe('bis 4 min');
  expect(formatRange({ lowMin: 40, highMin: 90 }, 'en')).toBe('40–90 min');
});

test('above 90 minutes a range is rounded outwards to quarters of an hour', () => {
  expect(formatRange({ lowMin: 95, highMin: 119 }, 'de')).toBe('1 h 30 – 2 h');
  expect(formatRange({ lowMin: 50, highMin: 100 }, 'it')).toBe('45 min – 1 h 45');
  expect(formatRange({ lowMin: 120, highMin: 120 }, 'en')).toBe('2 h');
  expect(formatRange({ lowMin: 3, highMin: 121 }, 'en')).toBe('up to 2 h 15');
});

test('numbers are grouped as in Switzerland', () => {
  expect(formatNumber(1234, 'de')).toBe('1’234');
  expect(formatNumber(1234, 'en')).toBe('1,234');
});

test('the first wished language that there is', () => {
  expect(pickLanguage(['es-ES', 'it-CH', 'de'])).toBe('it');
  expect(pickLanguage(['pt', 'ja'], 'en')).toBe('en');
  expect(pickLanguage(['FR'])).toBe('fr');
});
