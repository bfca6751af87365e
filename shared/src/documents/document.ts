import type { Language } from '../kernel/text.ts';

/**
 * What a printer is asked to put on paper, without a word of any printer's language. Every text has passed
 * `printable`. An encoder turns it into bytes; everything is centred.
 */
export type PrintBlock =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly size: 'normal' | 'large';
      readonly strong: boolean;
    }
  /** The number that is called: the largest thing on the paper. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'qr'; readonly value: string }
  | { readonly kind: 'rule' }
  | { readonly kind: 'gap' };

export interface PrintDocument {
  /** One document is printed once: who prints the same id again gets the first outcome. */
  readonly id: string;
  readonly language: Language;
  readonly blocks: readonly PrintBlock[];
}
