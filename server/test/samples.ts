// One input for each command, good in form: for tests that send all of them.
import { randomUUID } from 'node:crypto';
import { location, services } from '@schalter/drizzle/seed/station.ts';
import type { CommandType } from '@schalter/shared/registry.ts';
import { newToken } from '../src/platform/secrets.ts';

/** What the inputs name; a made-up id where the test does not care. */
export interface Named {
  readonly locationId: string;
  readonly serviceId: string;
  readonly counterId: string;
  readonly personId: string;
  readonly stageId: string;
  readonly visitId: string;
  readonly deviceId: string;
}

export const DEVICE_SETTINGS = {
  serviceIds: [],
  languages: ['de'],
  takeoverMs: 8_000,
  speech: true,
  paperMm: 80,
  media: 'none',
  mediaText: { de: '', fr: '', it: '', en: '' },
};
const PERSON = { name: 'Neu', role: 'clerk', language: 'de', active: true };
const VISITOR = { language: 'de', contact: null };
const UNNAMED = { name: null, note: null };

const none = () => ({});
const stage = ({ stageId }: Named) => ({ stageId });
const visit = ({ visitId }: Named) => ({ visitId });
const counter = ({ counterId }: Named) => ({ counterId });
const message = () => ({ messageId: randomUUID() });

/** A command that is not here does not compile. */
export const sampleInputs: Readonly<Record<CommandType, (named: Named) => object>> = {
  'platform.createOrganisation': () => ({ name: 'Haus', language: 'de', currency: 'CHF' }),
  'platform.setAuditPolicy': () => ({ recordReads: false }),
  'platform.setSignInPolicy': () => ({ secondFactorRequired: false }),
  'platform.recordSecurityEvent': ({ personId }) => ({
    ...{ event: 'signedIn', personId: null, byPersonId: personId, deviceId: null, locationId: null },
    ...{ what: 'password', seq: null, count: 1 },
  }),
  'platform.openLocation': () => ({ ...location, code: 'bsl' }),
  'platform.setLocation': () => ({ ...location, code: 'zrh' }),
  'platform.setPerson': ({ personId, locationId }) => ({
    ...PERSON,
    personId,
    locationIds: [locationId],
    email: `${randomUUID()}@haus.example`,
  }),
  'platform.setOwnProfile': () => ({ name: 'Neu', language: 'de' }),
  'platform.setAssignment': ({ personId, locationId }) => ({
    ...{ assignmentId: randomUUID(), personId, role: 'clerk', locationIds: [locationId], everywhere: false },
    ...{ expiresAt: null, active: true },
  }),
  'platform.setGrant': ({ personId, locationId }) => ({
    ...{ grantId: randomUUID(), personId, effect: 'allow', locationIds: [locationId], everywhere: false },
    grant: { permission: 'ticket.issue', scope: 'location', condition: null },
    ...{ expiresAt: null, active: true },
  }),
  'platform.setRole': () => ({
    roleId: randomUUID(),
    name: randomUUID(),
    parents: ['technician'],
    grants: [],
  }),
  'platform.archiveRole': () => ({ roleId: randomUUID() }),
  'platform.registerDevice': () => ({
    deviceId: randomUUID(),
    kind: 'display',
    name: 'Anzeige',
    settings: DEVICE_SETTINGS,
  }),
  'platform.setDevice': ({ deviceId }) => ({ deviceId, name: 'Anzeige', settings: DEVICE_SETTINGS }),
  'platform.revokeDevice': ({ deviceId }) => ({ deviceId }),
  'platform.reportHealth': () => ({ printer: null, sound: null, version: '1' }),
  'directory.setService': () => ({
    serviceId: randomUUID(),
    service: { ...services[0]?.service, letter: 'X' },
  }),
  'directory.archiveService': () => ({ serviceId: randomUUID() }),
  'directory.setCounter': () => ({
    counterId: randomUUID(),
    counter: { name: '99', position: 9, serviceIds: [], active: true },
  }),
  'directory.archiveCounter': () => ({ counterId: randomUUID() }),
  'directory.signOn': (named) => ({ ...counter(named), takeOver: true }),
  'directory.signOff': counter,
  'directory.setBreak': (named) => ({ ...counter(named), onBreak: true }),
  'directory.setAway': (named) => ({ ...counter(named), personId: randomUUID(), away: true }),
  'directory.releaseShare': counter,
  'queue.issueTicket': ({ serviceId }) => ({ ...VISITOR, ...UNNAMED, serviceId, linkToken: newToken() }),
  'queue.joinByPhone': ({ serviceId }) => ({
    ...VISITOR,
    serviceId,
    linkToken: newToken(),
    arrivalCode: null,
  }),
  'queue.confirmArrival': () => ({ arrivalCode: '000000' }),
  'queue.leave': none,
  'queue.delay': none,
  'queue.confirmComing': none,
  'queue.withdrawContact': none,
  'queue.allowPush': () => ({ allowed: true }),
  'queue.rate': () => ({ rating: 5 }),
  'queue.markArrived': visit,
  'queue.callNext': counter,
  'queue.call': (named) => ({ ...stage(named), ...counter(named) }),
  'queue.recall': stage,
  'queue.start': stage,
  'queue.complete': (named) => ({ ...stage(named), outcome: null }),
  'queue.hold': (named) => ({ ...stage(named), reason: 'Papiere', owner: 'clerk', resumeInMin: null }),
  'queue.resume': stage,
  'queue.requeue': (named) => ({ ...stage(named), position: { at: 'last' } }),
  'queue.transfer': ({ stageId, serviceId }) => ({
    stageId,
    serviceId,
    counterId: null,
    personId: null,
    note: null,
  }),
  'queue.markNoShow': stage,
  'queue.cancel': (named) => ({ ...stage(named), reason: 'Irrtum' }),
  'queue.reopen': stage,
  'queue.acknowledgeDoubleCall': (named) => ({
    ...stage(named),
    ...counter(named),
    aloudCounterId: randomUUID(),
  }),
  'queue.undo': (named) => ({ ...stage(named), version: 1 }),
  'queue.serveWithoutTicket': ({ counterId, serviceId }) => ({
    ...UNNAMED,
    counterId,
    serviceId,
    language: 'de',
    linkToken: newToken(),
  }),
  'queue.setNote': (named) => ({ ...visit(named), ...UNNAMED }),
  'queue.reportCall': () => ({
    callId: randomUUID(),
    shownAt: new Date().toISOString(),
    sound: 'chime',
  }),
  'queue.leaseNumbers': () => ({ businessDay: '2030-01-01' }),
  'queue.recordTicket': ({ serviceId }) => ({
    blockId: randomUUID(),
    number: 950,
    serviceId,
    language: 'de',
    linkToken: newToken(),
  }),
  'queue.requestHelp': none,
  'queue.resolveHelp': () => ({ helpRequestId: randomUUID() }),
  'queue.closeDay': () => ({ businessDay: '2030-01-01' }),
  'booking.recordReservation': ({ serviceId }) => ({
    reservationId: randomUUID(),
    reference: 'ZRH-1234',
    lastName: 'Muster',
    firstName: '',
    serviceId,
    bookedAt: new Date().toISOString(),
    subject: '',
  }),
  'booking.checkIn': () => ({ ...VISITOR, reference: 'ZRH-0000', lastName: 'X', linkToken: newToken() }),
  'messaging.prepare': (named) => ({ ...stage(named), template: 'called', link: 'https://x.example' }),
  'messaging.claim': () => ({ ...message(), leaseMs: 15_000 }),
  'messaging.recordOutcome': () => ({
    ...message(),
    attempt: 1,
    outcome: 'accepted',
    providerId: null,
    errorCode: null,
    retryAfterMs: null,
  }),
  'messaging.recordStatus': () => ({
    ...message(),
    providerId: 'SM1',
    status: 'sent',
    errorCode: null,
  }),
  'messaging.forget': visit,
  'messaging.closeDay': () => ({ businessDay: '2030-01-01' }),
  'privacy.erase': ({ visitId }) => ({
    visitIds: [visitId],
    reservationIds: [],
    personIds: [],
    why: 'request',
  }),
  'privacy.erasePerson': ({ personId }) => ({ personId }),
};
