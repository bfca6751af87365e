import type { AuditEntry, AuditItem } from '@schalter/shared/audit.ts';
import type { AuditSource } from '../setup/audit/source.ts';
import { counters, devices, id, location, people, services } from './station.ts';

/** A few entries of a morning, each kind of actor once, and what breaks a layout. */
const LONG = 'Wolfeschlegelsteinhausenbergerdorff-Hubertushausen von und zu Rattelsdorf-Ebing';
const ticket = (name: string) => ({ kind: 'ticket', id: id(8, 1), name }) as const;
const counter = (name: string) => ({ kind: 'counter', id: counters[2].id, name }) as const;
const tablet = { id: devices[0].id, name: 'Tablet 1' };
const lea = { kind: 'person', id: people.lea.id, name: people.lea.name } as const;

const entry = (n: number, minute: number, rest: Partial<AuditItem>): AuditItem => ({
  seq: n,
  at: `2026-05-20T08:${String(minute).padStart(2, '0')}:02.000Z`,
  occurredAt: `2026-05-20T08:${String(minute).padStart(2, '0')}:02.000Z`,
  type: 'queue.callNext',
  actor: lea,
  device: tablet,
  facts: [],
  subjects: [],
  why: null,
  event: null,
  ...rest,
});

const ITEMS: readonly AuditItem[] = [
  entry(9, 31, {
    type: 'queue.hold',
    subjects: [ticket('M007')],
    why: 'füllt Papiere aus, kommt in zehn Minuten wieder',
  }),
  entry(8, 30, { type: 'queue.start', subjects: [ticket('M007'), counter('3')] }),
  entry(7, 29, {
    type: 'messaging.recordStatus',
    actor: { kind: 'system', id: null, name: null },
    device: null,
    subjects: [ticket('M007')],
  }),
  entry(6, 29, {
    type: 'queue.reportCall',
    actor: { kind: 'device', id: devices[1].id, name: devices[1].name },
    device: { id: devices[1].id, name: devices[1].name },
    subjects: [ticket('M007')],
  }),
  entry(5, 28, { type: 'queue.callNext', subjects: [ticket('M007'), counter('3')] }),
  entry(4, 22, {
    type: 'queue.delay',
    actor: { kind: 'customer', id: null, name: null },
    device: null,
    subjects: [ticket('B012')],
  }),
  entry(3, 12, {
    type: 'directory.setService',
    actor: { kind: 'person', id: people.regula.id, name: LONG },
    device: { id: devices[0].id, name: LONG },
    subjects: [{ kind: 'service', id: services.pickup.id, name: LONG }],
    why: LONG,
  }),
  entry(2, 5, { type: 'directory.signOn', device: null, subjects: [counter('3')] }),
];

const detail = (item: AuditItem): AuditEntry => ({
  item,
  rows: [
    {
      table: 'stages',
      id: id(8, 2),
      name: 'M007',
      state: 'changed',
      fields: [
        { field: 'status', before: 'serving', after: 'held' },
        { field: 'heldAt', before: null, after: item.at },
        { field: 'holdReason', before: null, after: 'füllt Papiere aus' },
        { field: 'counterId', before: counters[2].id, after: null },
      ],
    },
    {
      table: 'services',
      id: services.pickup.id,
      name: LONG,
      state: 'changed',
      fields: [
        { field: 'name.fr', before: 'Voiture', after: LONG },
        { field: 'hours.week.1', before: [{ from: '08:00', to: '12:00' }], after: [] },
        { field: 'selfService', before: false, after: true },
        { field: 'colour', before: 1, after: 4 },
      ],
    },
    {
      table: 'visitContacts',
      id: id(8, 3),
      name: 'M007',
      state: 'new',
      fields: [
        { field: 'phoneE164', before: null, after: '••• 567' },
        { field: 'consentAt', before: null, after: '2026-05-19T08:12:00.000Z' },
      ],
    },
    {
      table: 'devices',
      id: devices[1].id,
      name: devices[1].name,
      state: 'unknown',
      fields: [{ field: 'settings.speech', before: null, after: true }],
    },
  ],
  moreRows: 12,
  names: { [counters[2].id]: '3', [location.id]: location.name },
});

const refused = (code: 'offline' | 'notPermitted') =>
  ({ ok: false, code, retryAfterS: null, fields: [] }) as const;

/** The server as a state of the playground needs it. */
export function auditOf(open: string | null): AuditSource {
  return {
    list: () => {
      if (open === 'listing') return new Promise(() => undefined);
      if (open === 'offline' || open === 'refused')
        return Promise.resolve(refused(open === 'offline' ? 'offline' : 'notPermitted'));
      const items = open === 'empty' ? [] : ITEMS;
      return Promise.resolve({ ok: true, data: { items, nextCursor: open === 'empty' ? null : 2 } });
    },
    entry: (seq) => {
      const item = ITEMS.find((one) => one.seq === seq);
      return Promise.resolve(item === undefined ? refused('offline') : { ok: true, data: detail(item) });
    },
    integrity: () =>
      Promise.resolve({
        ok: true,
        data: {
          seq: 1_284,
          sealed: { seq: 1_281, at: '2026-05-20T08:31:02.000Z', hash: '9f'.repeat(32) },
          checked: { at: '2026-05-20T01:00:00.000Z', damages: open === 'damaged' ? 2 : 0 },
        },
      }),
    exported: () => Promise.resolve(refused('offline')),
  };
}
