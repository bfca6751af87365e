import type { Language } from '@schalter/shared/kernel/text.ts';

export type SoundCheckView =
  | { readonly step: 'untouched' }
  | { readonly step: 'checking' }
  | {
      readonly step: 'done';
      readonly chime: boolean;
      /** The display is set to speak. */
      readonly speech: boolean;
      /** What speaks each configured language; null for nothing. */
      readonly voices: readonly { readonly language: Language; readonly name: string | null }[];
      readonly goesInS: number;
    };
