import type { ManifestOptions } from 'vite-plugin-pwa';
import type { Plugin } from 'vite';

const LANGUAGES = ['de', 'fr', 'it', 'en'] as const;
type ManifestLanguage = (typeof LANGUAGES)[number];

interface Texts {
  readonly description: string;
  readonly callNext: string;
  readonly counter: string;
  readonly today: string;
  readonly overview: string;
}
const TEXTS: Readonly<Record<ManifestLanguage, Texts>> = {
  de: {
    description: 'Am Schalter: aufrufen, bedienen, den Überblick behalten.',
    callNext: 'Nächsten aufrufen',
    counter: 'Schalter',
    today: 'Heute',
    overview: 'Übersicht',
  },
  fr: {
    description: 'Au guichet: appeler, servir, garder la vue d’ensemble.',
    callNext: 'Appeler le suivant',
    counter: 'Guichet',
    today: 'Aujourd’hui',
    overview: 'Vue d’ensemble',
  },
  it: {
    description: 'Allo sportello: chiamare, servire, avere tutto sotto controllo.',
    callNext: 'Chiama il prossimo',
    counter: 'Sportello',
    today: 'Oggi',
    overview: 'Panoramica',
  },
  en: {
    description: 'At the counter: call, serve, keep the overview.',
    callNext: 'Call next',
    counter: 'Counter',
    today: 'Today',
    overview: 'Overview',
  },
};

const icon = (name: string, px: number) => ({
  src: `/staff/${name}.png`,
  sizes: `${px}x${px}`,
  type: 'image/png',
});
const shortcut = (name: string, path: string, image: string) => ({
  name,
  url: `/staff/${path}`,
  icons: [icon(image, 192)],
});

/** A manifest has no translations that all browsers read: one for each language, all of the same app. */
export function manifestOf(language: ManifestLanguage): Partial<ManifestOptions> {
  const texts = TEXTS[language];
  return {
    id: '/staff/',
    lang: language,
    name: 'Schalter',
    short_name: 'Schalter',
    description: texts.description,
    start_url: '/staff/',
    scope: '/staff/',
    display: 'standalone',
    background_color: '#fafaf7',
    theme_color: '#12161c',
    categories: ['business', 'productivity'],
    // A shortcut comes to the window that is open, and does not load it anew under somebody's hands.
    launch_handler: { client_mode: ['focus-existing', 'auto'] },
    icons: [
      icon('icon-192', 192),
      icon('icon-512', 512),
      { ...icon('icon-maskable-512', 512), purpose: 'maskable' },
    ],
    shortcuts: [
      shortcut(texts.callNext, 'counter?do=callNext', 'shortcut-call-192'),
      shortcut(texts.counter, 'counter', 'icon-192'),
      shortcut(texts.today, 'today', 'icon-192'),
      shortcut(texts.overview, 'overview', 'icon-192'),
    ],
  };
}

/** The manifests beside the German one, which the PWA plugin writes. */
export const otherManifests = (): Plugin => ({
  name: 'schalter-manifests',
  apply: 'build',
  generateBundle() {
    for (const language of LANGUAGES.filter((code) => code !== 'de'))
      this.emitFile({
        type: 'asset',
        fileName: `manifest.${language}.webmanifest`,
        source: JSON.stringify(manifestOf(language)),
      });
  },
});
