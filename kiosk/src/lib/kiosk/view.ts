import type { Component } from 'svelte';
import type { Translator } from '@schalter/shared/i18n/messages.ts';
import type { WaitRange } from '@schalter/shared/kernel/protocol.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import type { Contact } from '../consent.ts';
import type * as phoneNumbers from '../phone-number.ts';
import type * as laterScreens from './later-screens.ts';
import type { Help, Mode, Modes, Notice } from './modes.ts';
import type { PaperTruth } from './paper.ts';
import type { kioskMessages } from './texts.ts';
import type { Tile } from './tiles.ts';

export type QrComponent = Component<{ value: string; title: string }>;
/** later-screens.ts, which the first screen does not wait for. */
export type LaterScreens = typeof laterScreens;
export type PhoneNumbers = typeof phoneNumbers;

/** What every screen shows around its own matter. */
export interface Frame {
  readonly t: Translator<typeof kioskMessages>;
  readonly place: string;
  /** By the server's clock. */
  readonly now: string;
  readonly timeZone: string;
  readonly languages: readonly Language[];
  readonly modes: Modes;
  readonly help: Help;
  readonly notice: Notice | null;
  /** Since when the server is away; null while it is there. */
  readonly awaySince: string | null;
  /** The screen asks whether anybody is there. */
  readonly secondsLeft: number | null;
}

export interface TicketView {
  /** "B" and "042". */
  readonly letter: string;
  readonly digits: string;
  readonly colour: number | null;
  readonly serviceName: string;
  readonly ahead: number | null;
  readonly range: WaitRange | null;
  readonly waitingArea: string;
  readonly calledTo: string | null;
  readonly smsOptIn: boolean;
  readonly smsLost: boolean;
  readonly paper: PaperTruth;
  readonly link: string;
}

export type Screen =
  | {
      readonly kind: 'choice';
      readonly tiles: readonly Tile[];
      /** False: no numbers can be given. */
      readonly gives: boolean;
      readonly joinByPhone: boolean;
    }
  | {
      readonly kind: 'reservation';
      readonly reference: string;
      readonly lastName: string;
      readonly message: string | null;
      readonly canGoWithout: boolean;
    }
  | {
      readonly kind: 'contact';
      readonly countries: readonly string[];
      readonly numbers: PhoneNumbers | null;
      readonly phone: string;
      readonly message: string | null;
    }
  | { readonly kind: 'issuing'; readonly late: boolean }
  | { readonly kind: 'ticket'; readonly ticket: TicketView; readonly Qr: QrComponent | null }
  | { readonly kind: 'refused'; readonly sentence: string };

export interface On {
  readonly language: (language: Language) => void;
  readonly mode: (mode: Mode) => void;
  readonly help: () => void;
  readonly corner: () => void;
  readonly back: () => void;
  readonly choose: (tile: Tile) => void;
  readonly type: (typed: { reference: string; lastName: string }) => void;
  readonly submitReservation: () => void;
  readonly withoutReservation: () => void;
  readonly contact: (contact: Contact | null) => void;
  readonly start: () => void;
  readonly stay: () => void;
}
