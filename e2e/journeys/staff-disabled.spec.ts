/// <reference lib="dom" />
// A member of staff who may no more, while the tablet cannot hear of it.
import { expect, test } from '@playwright/test';
import {
  DEMO_LOCATION_ID as LOCATION,
  DEMO_ORGANISATION_ID as ORGANISATION,
  people,
} from '@schalter/drizzle/seed/station.ts';
import { signIn } from '../support/api.ts';
import {
  atCounter,
  issue,
  stationForAll,
  pill,
  press,
  row,
  state,
  TABLET,
  visitOf,
} from '../support/counter.ts';
import { DeviceNetwork } from '../support/device-network.ts';

const SILENT_MS_MAX = 20_000;
const BACK_MS_MAX = 20_000;

const station = stationForAll();

/** As a manager does it on the page of people. */
async function setActive(active: boolean): Promise<void> {
  const [admin, lea] = ['Regula', 'Lea'].map((name) => people.find((p) => p.name.startsWith(name)));
  if (admin === undefined || lea === undefined) throw new Error('the demo has other people');
  const { personId, name, email, role, language } = lea;
  const manager = await signIn(station.house.url, 'Regula');
  const of = [{ action: 'platform.setPerson', target: personId }];
  await manager.request('POST', '/api/v1/auth/proofs', { password: admin.password, of });
  const changed = { personId, name, email, role, language, locationIds: [LOCATION], active };
  expect(await manager.command(ORGANISATION, 'platform.setPerson', changed)).toMatchObject({ ok: true });
}

test('[ST-03] [REG S29] somebody is disabled while the tablet is cut off: nothing is lost, it is said, and it counts once they may again', async ({
  browser,
}) => {
  const context = await browser.newContext(TABLET);
  const network = await DeviceNetwork.open(station.house.url);
  const page = await atCounter(context, { url: network.url, firstName: 'Lea', counter: '3' });
  const number = await issue(station.kiosk, 'M');
  const statuses = async () => (await visitOf(station.house.databaseUrl, number)).statuses;
  await expect(row(page, number)).toBeVisible();
  await press(page, 'Nächste aufrufen');
  await expect.poll(statuses).toEqual(['called']);
  network.cut();
  await expect(pill(page)).toContainText(/seit \d\d:\d\d/, { timeout: SILENT_MS_MAX });
  await press(page, 'Bedienung beginnen');
  await expect(state(page)).toHaveText('In Bedienung');
  await setActive(false);
  await network.mend();

  await expect(page.getByLabel('Passwort')).toBeVisible({ timeout: BACK_MS_MAX });
  await expect(page.getByText('1 Eingabe von früher ist noch nicht gesendet.')).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('disabled.png') });
  const enter = async () => {
    const lea = people.find((p) => p.name.startsWith('Lea'));
    await page.getByLabel('E-Mail').fill(lea?.email ?? '');
    await page.getByLabel('Passwort').fill(lea?.password ?? '');
    await page.getByRole('button', { name: 'Anmelden' }).click();
  };
  await enter();
  await expect(page.getByRole('alert')).toBeVisible();
  expect(await statuses()).toEqual(['called']);

  await setActive(true);
  await enter();
  await expect.poll(statuses, { timeout: BACK_MS_MAX }).toEqual(['serving']);
  await context.close();
  await network.close();
});
