import type { WaitRange } from '@schalter/shared/kernel/protocol.ts';
import type { Rejection, RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import type { Contact } from '../consent.ts';

/** What the person came for. */
export type Wish =
  | { readonly kind: 'service'; readonly serviceId: string }
  | { readonly kind: 'reservation'; readonly reference: string; readonly lastName: string };

/** The number as the server gave it, and the secret of its page. */
export interface Issued {
  readonly visitId: string;
  readonly stageId: string;
  readonly serviceId: string;
  readonly series: string;
  readonly number: number;
  readonly ahead: number | null;
  readonly range: WaitRange | null;
  readonly linkToken: string;
  readonly smsOptIn: boolean;
  /** A message was wanted, but the number was given without the server, which alone can send it. */
  readonly smsLost?: boolean;
  readonly at: string;
}

export interface Problem {
  readonly code: RejectionCode;
  readonly details: Rejection['details'] | null;
}

/** Where the person stands. The number and the name that were typed are kept until they are right. */
export type Flow =
  | { readonly step: 'choice' }
  | {
      readonly step: 'reservation';
      readonly reference: string;
      readonly lastName: string;
      /** Decided before a wrong number or name brought the person back: not asked again. */
      readonly contact: Contact | null | undefined;
      readonly problem: Problem | null;
    }
  | {
      readonly step: 'contact';
      readonly wish: Wish;
      readonly phone: string;
      readonly problem: Problem | null;
    }
  | {
      readonly step: 'issuing';
      readonly wish: Wish;
      readonly contact: Contact | null;
      readonly late: boolean;
    }
  | { readonly step: 'ticket'; readonly issued: Issued }
  | { readonly step: 'refused'; readonly problem: Problem };

export type Step = Flow['step'];

export type Action =
  | { readonly type: 'chooseService'; readonly serviceId: string }
  | { readonly type: 'openReservation' }
  | { readonly type: 'submitReservation'; readonly reference: string; readonly lastName: string }
  | { readonly type: 'decideContact'; readonly contact: Contact | null }
  | { readonly type: 'issued'; readonly issued: Issued }
  | { readonly type: 'late' }
  | { readonly type: 'refused'; readonly problem: Problem }
  | { readonly type: 'back' }
  | { readonly type: 'reset' };

/** At which steps an action counts. Elsewhere it is the second tap of an impatient finger, and nothing happens. */
const ALLOWED: Readonly<Record<Action['type'], readonly Step[]>> = {
  chooseService: ['choice', 'reservation'],
  openReservation: ['choice'],
  submitReservation: ['choice', 'reservation'],
  decideContact: ['contact'],
  // After a crash the ticket that was being issued is found again.
  issued: ['issuing', 'choice'],
  late: ['issuing'],
  refused: ['issuing'],
  back: ['reservation', 'contact', 'refused'],
  reset: ['choice', 'reservation', 'contact', 'issuing', 'ticket', 'refused'],
};

export const START: Flow = { step: 'choice' };

/** What a wrong reservation can be put right by typing again. */
const TYPED_WRONG: ReadonlySet<RejectionCode> = new Set(['reservationUnknown', 'invalidInput']);
const PHONE_WRONG: ReadonlySet<RejectionCode> = new Set([
  'phoneInvalid',
  'phoneNotMobile',
  'phoneCountryNotAllowed',
  'consentMissing',
  'messageLimitReached',
]);

export interface Offers {
  /** False where the location sends no messages at all: then nobody is asked for a number. */
  readonly asksContact: boolean;
}

/** Pure: where an action leads. An action that does not count here gives back the same object. */
export function advance(flow: Flow, action: Action, offers: Offers): Flow {
  if (!ALLOWED[action.type].includes(flow.step)) return flow;
  switch (action.type) {
    case 'reset':
      return START;
    case 'chooseService':
      return wished({ kind: 'service', serviceId: action.serviceId }, offers);
    case 'openReservation':
      return { step: 'reservation', reference: '', lastName: '', contact: undefined, problem: null };
    case 'submitReservation': {
      const { reference, lastName } = action;
      const wish: Wish = { kind: 'reservation', reference, lastName };
      const decided = flow.step === 'reservation' ? flow.contact : undefined;
      return decided === undefined ? wished(wish, offers) : issuing(wish, decided);
    }
    case 'decideContact':
      return flow.step === 'contact' ? issuing(flow.wish, action.contact) : flow;
    case 'issued':
      return { step: 'ticket', issued: action.issued };
    case 'late':
      return flow.step === 'issuing' ? { ...flow, late: true } : flow;
    case 'refused':
      return flow.step === 'issuing' ? refused(flow.wish, flow.contact, action.problem) : flow;
    case 'back':
      return back(flow);
  }
}

const issuing = (wish: Wish, contact: Contact | null): Flow => ({
  step: 'issuing',
  wish,
  contact,
  late: false,
});

const wished = (wish: Wish, { asksContact }: Offers): Flow =>
  asksContact ? { step: 'contact', wish, phone: '', problem: null } : issuing(wish, null);

/** A refusal leads to where it can be put right, with what was typed still there. */
function refused(wish: Wish, contact: Contact | null, problem: Problem): Flow {
  if (contact !== null && PHONE_WRONG.has(problem.code)) {
    return { step: 'contact', wish, phone: contact.phone, problem };
  }
  if (wish.kind === 'reservation' && TYPED_WRONG.has(problem.code)) {
    return { step: 'reservation', reference: wish.reference, lastName: wish.lastName, contact, problem };
  }
  return { step: 'refused', problem };
}

function back(flow: Flow): Flow {
  if (flow.step === 'contact' && flow.wish.kind === 'reservation') {
    const { reference, lastName } = flow.wish;
    return { step: 'reservation', reference, lastName, contact: undefined, problem: null };
  }
  return START;
}
