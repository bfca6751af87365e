import { describe, expect, it } from 'vitest';
import { advance, START, type Action, type Flow, type Issued } from './flow.ts';

const ASKS = { asksContact: true };
const issued: Issued = {
  visitId: 'v',
  stageId: 's',
  serviceId: 'm',
  series: 'M',
  number: 18,
  ahead: 2,
  range: null,
  linkToken: 't',
  smsOptIn: false,
  at: '2026-05-20T08:00:00.000Z',
};
const contact = { phone: '+41791234567', consentWording: 'w' };
const wrong = (code: 'reservationUnknown' | 'phoneNotMobile' | 'queueFull'): Action => ({
  type: 'refused',
  problem: { code, details: null },
});
const play = (actions: readonly Action[], from: Flow = START, offers = ASKS): Flow =>
  actions.reduce((flow, action) => advance(flow, action, offers), from);

const choose: Action = { type: 'chooseService', serviceId: 'm' };
const noThanks: Action = { type: 'decideContact', contact: null };
const booked: Action = { type: 'submitReservation', reference: 'ZRH-1', lastName: 'ROSSI' };

describe('the way to a number', () => {
  it('[KI-01] [KS1] three touches: the service, "no, thanks", done', () => {
    const flow = play([choose, noThanks, { type: 'issued', issued }]);
    expect(flow).toEqual({ step: 'ticket', issued });
    expect(play([{ type: 'reset' }], flow)).toBe(START);
  });
  it('[KI-01] [KS1] two, where the house sends no messages', () => {
    expect(play([choose], START, { asksContact: false }).step).toBe('issuing');
  });
  it('[KI-01] [KS2] the second tap of a double tap does nothing', () => {
    const once = play([choose]);
    expect(play([choose], once)).toBe(once);
    const issuing = play([choose, noThanks]);
    expect(play([noThanks], issuing)).toBe(issuing);
  });
  it('[KI-04] [KS7] a wrong number or name comes back with what was typed, and the mobile number is not asked for again', () => {
    const back = play([
      { type: 'openReservation' },
      booked,
      { type: 'decideContact', contact },
      wrong('reservationUnknown'),
    ]);
    expect(back).toMatchObject({ step: 'reservation', reference: 'ZRH-1', lastName: 'ROSSI' });
    expect(play([{ ...booked, lastName: 'ROSSINI' }], back)).toMatchObject({ step: 'issuing', contact });
  });
  it('[KI-03] [KS7] a refused mobile number comes back to be put right', () => {
    const flow = play([choose, { type: 'decideContact', contact }, wrong('phoneNotMobile')]);
    expect(flow).toMatchObject({ step: 'contact', phone: contact.phone });
  });
  it('[KI-10] [KS7] whatever else is refused is said', () => {
    expect(play([choose, noThanks, wrong('queueFull')])).toMatchObject({
      step: 'refused',
      problem: { code: 'queueFull' },
    });
  });
  it('[KS2] back leads one step back, and a booking keeps its number', () => {
    const contactStep = play([{ type: 'openReservation' }, booked]);
    expect(play([{ type: 'back' }], contactStep)).toMatchObject({ step: 'reservation', reference: 'ZRH-1' });
    expect(play([choose, { type: 'back' }])).toBe(START);
  });
  it('[KS2] a number that is being given can’t be walked away from by "back"', () => {
    const issuing = play([choose, noThanks]);
    expect(play([{ type: 'back' }], issuing)).toBe(issuing);
  });
});
