/** Everything that can be allowed. Who may what is platform's business: `platform/access.ts`. */
export const PERMISSIONS = [
  'organisation.set',
  'location.open',
  'location.set',
  'people.set',
  'devices.set',
  'device.report',
  'services.set',
  'counters.set',
  'counter.serve',
  'ticket.issue',
  'ticket.join',
  'ticket.own',
  'ticket.manage',
  'call.report',
  'help.request',
  'reservation.record',
  'reservation.checkIn',
  'message.run',
  'day.close',
  'audit.read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
