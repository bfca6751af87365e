// The night: a server that was down at its turn ends the day when it is back, and two of them end it once.
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { services as demoServices } from '@schalter/drizzle/seed/station.ts';
import { HOUR } from '@schalter/shared/kernel/time.ts';
import { movableClock } from './clock.ts';
import { openTestHouse, startServer } from './house.ts';

it('[Q-16] [Q39] yesterday is closed once, after a night without a server and by two that start at the same instant', async () => {
  const clock = movableClock();
  const house = await openTestHouse({ clock });
  const { locationId, serviceIds } = house;
  const issue = (linkToken = randomBytes(16).toString('base64url')) =>
    house.command(locationId, 'queue.issueTicket', {
      serviceId: serviceIds[1],
      language: 'de',
      linkToken,
      contact: { phone: '079 123 45 67', consentWording: 'sms-1', consentLanguage: 'de' },
      name: null,
      note: null,
    });
  expect(demoServices[1]?.service.letter).toBe('M');
  const link = randomBytes(16).toString('base64url');
  for (const one of [link, undefined, undefined]) expect(await issue(one)).toMatchObject({ ok: true });

  // Nobody is there at the turn of the day; then two come up together, a day and a half later.
  clock.advance(36 * HOUR);
  const servers = await Promise.all([
    startServer(house.databaseUrl, { clock }),
    startServer(house.databaseUrl, { clock }),
  ]);
  const sql = postgres(house.databaseUrl, { max: 1 });
  const closings = await sql`select command_id from journal where type = 'queue.closeDay'`;
  expect(closings).toHaveLength(1);
  const [left] = await sql`
    select (select count(*)::int from visits where archived_at is null) as visits,
      (select count(*)::int from stages where archived_at is null) as stages,
      (select count(*)::int from stages where status = 'closed') as closed,
      (select count(*)::int from visits) as kept,
      (select count(*)::int from visit_contacts where phone_e164 <> '') as phones`;
  // Archived, never deleted; the phone numbers are gone.
  expect(left).toEqual({ visits: 0, stages: 0, closed: 3, kept: 3, phones: 0 });
  // The link of yesterday's ticket is dead, and the numbers begin anew.
  const ticket = await fetch(`http://127.0.0.1:${servers[0].port}/api/v1/ticket`, {
    headers: { authorization: `Ticket ${link}` },
  });
  expect(ticket.status).toBe(404);
  expect(await issue()).toMatchObject({ ok: true, result: { series: 'M', number: 1 } });
  await sql.end({ timeout: 1 });
  await Promise.all(servers.map((server) => server.stop()));
  await house.close();
});
