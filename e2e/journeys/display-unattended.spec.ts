/// <reference lib="dom" />
// A wall that nobody looks after: the server dies, the network goes, it is paired and taken away.
import { expect, test } from '@playwright/test';
import { DEMO_LOCATION_ID as LOCATION } from '@schalter/drizzle/seed/station.ts';
import { label, resultOf, rowsOf, takeover, takeoversOf, wallsForAll } from '../support/wall.ts';

/** A call this old is listed, never announced. */
const OLD_MS = 61_000;

const walls = wallsForAll();

test('[RT-05] [D21] the server is killed: the wall says since when, and is back without a stale call', async ({
  browser,
}) => {
  const wall = await walls.open(browser, 7);
  await walls.set(wall, 7, {});
  const [before, after] = [await walls.issue('M'), await walls.issue('M')];
  const lea = await walls.clerkAt('3', 'Lea');
  await lea.callNext();
  await expect.poll(() => takeoversOf(wall)).toEqual([label(before)]);
  await expect(takeover(wall)).toBeHidden();
  await lea.finish();
  await walls.house.kill();
  const sign = wall.locator('footer.not-live');
  await expect(sign).toContainText(/Nicht aktuell seit \d\d:\d\d/, { timeout: 20_000 });
  await expect(wall.locator('.waits li')).toHaveCount(0);
  await walls.house.start();
  await expect(sign).toBeHidden({ timeout: 10_000 });
  await expect(wall.locator('.waits li')).not.toHaveCount(0);
  // What is announced is announced in order: with the next call there, a stale one would have been.
  await lea.callNext();
  await expect.poll(() => takeoversOf(wall)).toEqual([label(before), label(after)]);
  await lea.finish();
});

test('[DI-06] it starts without a network once it has been there, and nothing is announced twice after a reload', async ({
  browser,
}) => {
  const wall = await walls.open(browser, 9);
  await walls.set(wall, 9, {});
  const [once, next] = [await walls.issue('M'), await walls.issue('M')];
  const lea = await walls.clerkAt('3', 'Lea');
  await lea.callNext();
  await expect.poll(() => takeoversOf(wall)).toEqual([label(once)]);
  await lea.finish();
  await wall.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await wall.reload();
  await expect(wall.locator('main aside time')).toBeVisible();
  // In order: with the next call announced, one of before would have been.
  await lea.callNext();
  await expect.poll(() => takeoversOf(wall)).toEqual([label(next)]);
  await lea.finish();
  await wall.context().setOffline(true);
  await wall.reload();
  await expect(wall.locator('h1')).toHaveText('Einen Moment');
  await expect(wall.getByRole('status')).toContainText('nicht erreichbar', { timeout: 20_000 });
  await wall.context().setOffline(false);
  await expect(wall.locator('main aside time')).toBeVisible({ timeout: 15_000 });
});

test('[RT-06] [D20] a display is paired by its code, checks its sound, and is gone within 5 s once revoked', async ({
  browser,
}) => {
  const wall = await walls.page(browser);
  await wall.goto(`${walls.house.url}/display/`);
  await expect(wall.locator('.code')).toHaveText(/\w/);
  const code = await wall.locator('.code').textContent();
  const claimed = await walls.manager.request('POST', '/api/v1/pairings/claim', { code });
  expect(claimed.body).toMatchObject({ kind: 'display' });
  const { pairingId } = claimed.body as { pairingId: string };
  const approved = await walls.manager.request('POST', `/api/v1/pairings/${pairingId}/approve`, {
    locationId: LOCATION,
    name: 'Halle',
  });
  expect(approved.status).toBe(201);
  await wall.getByRole('button', { name: /Einmal berühren/ }).click();
  await expect(wall.getByText('Gong', { exact: true })).toBeVisible({ timeout: 15_000 });
  await wall.getByRole('button', { name: /starten/ }).click();
  await expect(wall.locator('main aside time')).toBeVisible();

  const { deviceId } = approved.body as { deviceId: string };
  resultOf(await walls.manager.command(LOCATION, 'platform.revokeDevice', { deviceId }));
  await expect(wall.getByText('Diese Anzeige wurde abgemeldet.')).toBeVisible({ timeout: 5_000 });
  await expect(wall.locator('.code')).not.toHaveText(code ?? '');
  await expect.poll(() => wall.evaluate(() => localStorage.getItem('schalter.display.identity'))).toBeNull();
});

test.describe('a minute that nobody waits for', () => {
  const at = (shiftMs: number): string => new Date(Date.now() + shiftMs).toISOString();
  // The server's clock is behind by it; with the line cut, this one and the wall's move on together.
  test.beforeAll(async () => {
    await walls.reopen({ CLOCK_START: at(-OLD_MS) });
  });

  test('[DI-06] [D21] a call that is over a minute old when the network is back is listed, never announced', async ({
    browser,
  }) => {
    const wall = await walls.page(browser);
    await wall.clock.install();
    await walls.show(wall, 8);
    await walls.set(wall, 8, {});
    const [lea, marco] = [await walls.clerkAt('3', 'Lea'), await walls.clerkAt('2', 'Marco')];
    const old = await walls.issue('M');
    await wall.context().setOffline(true);
    await lea.callNext();
    await walls.house.kill();
    await wall.clock.fastForward(OLD_MS);
    await walls.house.start(at(0));
    const fresh = await walls.issue('R');
    await marco.callNext();
    await wall.context().setOffline(false);
    await expect(takeover(wall).locator('.number')).toHaveText(label(fresh), { timeout: 15_000 });
    await expect(takeover(wall)).toBeHidden({ timeout: 15_000 });
    await expect(rowsOf(wall).filter({ hasText: label(old) })).toHaveCount(1);
    expect(await takeoversOf(wall)).toEqual([label(fresh)]);
    await lea.finish();
    await marco.finish();
  });
});
