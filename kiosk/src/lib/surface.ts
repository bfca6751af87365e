export interface Surface {
  readonly name: 'kiosk' | 'phone';
  /** BCP 47. */
  readonly lang: string;
  readonly theme: 'light' | 'dark' | 'contrast';
  readonly large: boolean;
}

/** What the stylesheets read from the root element. */
export function surface({ name, lang, theme, large }: Surface): void {
  const root = document.documentElement;
  root.lang = lang;
  root.dataset['surface'] = name;
  root.dataset['theme'] = theme;
  // Read from a distance and by everybody: 7:1 instead of 4.5:1.
  if (name === 'kiosk') root.dataset['view'] = 'public';
  else delete root.dataset['view'];
  root.dataset['text'] = large ? 'large' : 'plain';
}

/** A customer's phone: light or dark as the phone is. Returns how to stop following it. */
export function phoneSurface(lang: string): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const set = (): void =>
    surface({ name: 'phone', lang, theme: dark.matches ? 'dark' : 'light', large: false });
  set();
  dark.addEventListener('change', set);
  return () => dark.removeEventListener('change', set);
}
