import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** WCAG 2.2, success criterion 1.4.3 and the definition of relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const channel = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');

/** The variables of every rule whose selector list has one of these selectors, later ones winning. */
function tokens(...selectors: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, list = '', body = ''] of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    const matches = list.split(',').some((s) => selectors.includes(s.trim()));
    if (!matches) continue;
    for (const [, name = '', value = ''] of body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g))
      found[name] = value;
  }
  return found;
}

const THEMES = {
  light: tokens(':root', "[data-theme='light']"),
  dark: tokens("[data-theme='dark']"),
  contrast: tokens("[data-theme='contrast']"),
  'light, public': tokens(':root', "[data-theme='light']", ":root[data-view='public']"),
  'dark, public': tokens("[data-theme='dark']", ":root[data-view='public'][data-theme='dark']"),
  'contrast, public': tokens("[data-theme='contrast']", ":root[data-view='public'][data-theme='contrast']"),
} as const;

const SERVICES = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `service-${n}`);
const GROUNDS = ['paper', 'surface'] as const;
/** Every pair [text, ground] that a screen may use. */
const TEXT_PAIRS: readonly (readonly [string, string])[] = [
  ...GROUNDS.flatMap((ground) =>
    ['ink', 'muted', 'ok', 'warn', 'fault', ...SERVICES].map((text) => [text, ground] as const),
  ),
  ['ink', 'sunken'],
  ['on-ink', 'ink'],
  ['on-signal', 'signal'],
  ...SERVICES.map((service) => ['on-service', service] as const),
];
/** Pills and table heads, which only the staff app has. */
const STAFF_PAIRS = [
  ['muted', 'sunken'],
  ['muted-on-ink', 'ink'],
  ['ok', 'ok-soft'],
  ['warn', 'warn-soft'],
  ['fault', 'fault-soft'],
] as const;
const EDGE_PAIRS = [
  ['edge', 'paper'],
  ['edge', 'surface'],
  ['focus', 'paper'],
  ['focus', 'surface'],
  ['focus', 'focus-gap'],
  ['letter-on-signal', 'signal'],
] as const;

const below = (theme: Record<string, string>, pairs: readonly (readonly [string, string])[], least: number) =>
  pairs
    .map(([a, b]) => ({
      pair: `${a} on ${b}`,
      ratio: contrast(theme[a] ?? '#000000', theme[b] ?? '#000000'),
    }))
    .filter(({ ratio }) => ratio < least)
    .map(({ pair, ratio }) => `${pair}: ${ratio.toFixed(2)}`);

describe.each(Object.entries(THEMES))('the theme %s', (name, theme) => {
  test('has every token of the light one', () => {
    expect(Object.keys(THEMES.light).filter((token) => theme[token] === undefined)).toEqual([]);
  });

  const least = name === 'light' || name === 'dark' ? 4.5 : 7;
  test(`[KI-09] text has at least ${least}:1`, () => {
    expect(below(theme, TEXT_PAIRS, least)).toEqual([]);
    expect(below(theme, STAFF_PAIRS, 4.5)).toEqual([]);
  });

  test('[KI-09] edges, rings and the pale letter have at least 3:1', () => {
    expect(below(theme, EDGE_PAIRS, 3)).toEqual([]);
  });
});
