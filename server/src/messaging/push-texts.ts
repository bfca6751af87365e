import type { Language, Localised } from '@schalter/shared/kernel/text.ts';

/** What a notice may say: no name, no reason, no phone number. */
export type PushValues =
  | {
      readonly kind: 'called' | 'approaching' | 'assigned' | 'firstWaiting';
      readonly number: string;
      readonly place: string;
      readonly service: Localised | undefined;
      readonly counter?: string | undefined;
    }
  | {
      readonly kind: 'printer';
      readonly device: string;
      readonly problem: 'paperOut' | 'coverOpen';
      readonly place: string;
    };
interface Words {
  readonly title: string;
  readonly body: string;
}
interface Phrases {
  readonly called: (number: string, counter: string) => string;
  readonly approaching: (number: string) => Words;
  readonly assigned: (number: string) => string;
  readonly firstWaiting: string;
  readonly paperOut: (device: string) => string;
  readonly coverOpen: (device: string) => string;
}

const PHRASES: Readonly<Record<Language, Phrases>> = {
  de: {
    called: (number, counter) => `${number}: bitte zu Schalter ${counter}`,
    approaching: (number) => ({
      title: `${number} ist bald an der Reihe`,
      body: 'Bitte halten Sie sich bereit.',
    }),
    assigned: (number) => `${number} wurde Ihnen übergeben`,
    firstWaiting: 'Jemand wartet',
    paperOut: (device) => `${device}: kein Papier`,
    coverOpen: (device) => `${device}: Deckel des Druckers offen`,
  },
  fr: {
    called: (number, counter) => `${number} : guichet ${counter}, s’il vous plaît`,
    approaching: (number) => ({
      title: `${number} : votre tour approche`,
      body: 'Merci de rester à proximité.',
    }),
    assigned: (number) => `${number} vous a été transmis`,
    firstWaiting: 'Quelqu’un attend',
    paperOut: (device) => `${device} : plus de papier`,
    coverOpen: (device) => `${device} : capot de l’imprimante ouvert`,
  },
  it: {
    called: (number, counter) => `${number}: allo sportello ${counter}, per favore`,
    approaching: (number) => ({
      title: `${number}: tra poco tocca a Lei`,
      body: 'La preghiamo di restare vicino.',
    }),
    assigned: (number) => `${number} è stato affidato a Lei`,
    firstWaiting: 'Qualcuno aspetta',
    paperOut: (device) => `${device}: carta esaurita`,
    coverOpen: (device) => `${device}: coperchio della stampante aperto`,
  },
  en: {
    called: (number, counter) => `${number}: please go to counter ${counter}`,
    approaching: (number) => ({ title: `${number} is coming up soon`, body: 'Please stay close by.' }),
    assigned: (number) => `${number} was handed to you`,
    firstWaiting: 'Somebody is waiting',
    paperOut: (device) => `${device}: out of paper`,
    coverOpen: (device) => `${device}: printer cover open`,
  },
};

export function pushWords(values: PushValues, language: Language): Words {
  const phrases = PHRASES[language];
  if (values.kind === 'printer') return { title: phrases[values.problem](values.device), body: values.place };
  const { number, place } = values;
  const service = values.service?.[language] ?? '';
  switch (values.kind) {
    case 'called':
      return { title: phrases.called(number, values.counter ?? ''), body: place };
    case 'approaching':
      return phrases.approaching(number);
    case 'assigned':
      return { title: phrases.assigned(number), body: service };
    case 'firstWaiting':
      return { title: phrases.firstWaiting, body: [number, service].filter(Boolean).join(', ') };
  }
}
