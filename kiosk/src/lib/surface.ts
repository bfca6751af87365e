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
  root.dataset['text'] = large ? 'large' : 'plain';
}
