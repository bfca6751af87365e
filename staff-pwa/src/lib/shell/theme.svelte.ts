import { remember, remembered } from '../device/memory.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const stored = THEMES.find((theme) => theme === remembered('theme'));
let chosen = $state<Theme>(stored ?? 'system');

const systemIsDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches;

function paint(): void {
  const dark = chosen === 'dark' || (chosen === 'system' && systemIsDark());
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

export const theme = (): Theme => chosen;

export function setTheme(next: Theme): void {
  chosen = next;
  remember('theme', next);
  paint();
}

/** Follows the system for as long as nobody chose otherwise. */
export function startTheme(): () => void {
  paint();
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', paint);
  return () => query.removeEventListener('change', paint);
}
