import { expect, it } from 'vitest';
import { deriveId } from '@schalter/shared/kernel/derive-id.ts';
import { idsIn, isMadeBy, numberIn, subjectsOf, whyOf } from './audit.ts';

const COMMAND = '01900000-0000-7000-8000-00000000ffff';
const id = (n: number): string => `01900000-0000-7000-80e0-${String(n).padStart(12, '0')}`;

it('[AU1] an entry is about the tickets, counters, people and devices that its facts name, each once', () => {
  const called = {
    type: 'queue.ticketCalled',
    ...{ stageId: id(1), visitId: id(2), serviceId: id(3), callId: id(4), counterId: id(5) },
  };
  expect(subjectsOf([called, called])).toEqual([
    { kind: 'ticket', by: 'id', id: id(2) },
    { kind: 'counter', by: 'id', id: id(5) },
  ]);
  expect(subjectsOf([{ type: 'queue.callShown', callId: id(4), deviceId: id(6) }])).toEqual([
    { kind: 'ticket', by: 'call', id: id(4) },
    { kind: 'device', by: 'id', id: id(6) },
  ]);
  expect(subjectsOf([{ type: 'messaging.messageSettled', messageId: id(7), status: 'sent' }])).toEqual([
    { kind: 'ticket', by: 'message', id: id(7) },
  ]);
  expect(subjectsOf([{ type: 'directory.serviceChanged', serviceId: id(3) }])).toEqual([
    { kind: 'service', by: 'id', id: id(3) },
  ]);
  const many = Array.from({ length: 9 }, (_, n) => ({ type: 'queue.ticketLeft', visitId: id(n) }));
  expect(subjectsOf(many)).toHaveLength(3);
});

it('[AU1] why is what the person said, without the phone number in it', () => {
  expect(whyOf('queue.cancel', { stageId: id(1), reason: 'ruft 079 123 45 67 an' })).toBe('ruft ••• 567 an');
  expect(whyOf('queue.complete', { outcome: 'Vertrag 99' })).toBe('Vertrag 99');
  const silent = [{ reason: '' }, { reason: 3 }, null, 'x'].map((input) => whyOf('queue.cancel', input));
  expect(silent).toEqual([null, null, null, null]);
  // What a provider answered is no reason of anybody.
  expect(whyOf('messaging.recordOutcome', { outcome: 'not_sent' })).toBeNull();
});

it('[AU5] a row whose id follows from its command’s was not there before', () => {
  expect([0, 1, 300].map((n) => isMadeBy(COMMAND, deriveId(COMMAND, n)))).toEqual([true, true, true]);
  expect(isMadeBy(COMMAND, COMMAND)).toBe(false);
  expect(isMadeBy(COMMAND, deriveId(id(1), 0))).toBe(false);
});

it('[AU4] a ticket’s number is known in any form', () => {
  expect(numberIn('A012')).toEqual({ series: 'A', number: 12 });
  expect(numberIn('a 12')).toEqual({ series: 'A', number: 12 });
  expect(numberIn('007')).toEqual({ series: null, number: 7 });
  expect([numberIn('Keller'), numberIn('12 A'), numberIn('')]).toEqual([null, null, null]);
});

it('[AU7] ids are found among values and in lists, and nothing else is', () => {
  expect(idsIn([id(1), [id(2), 'x'], null, 4, 'not an id', { a: id(3) }])).toEqual([id(1), id(2)]);
});
