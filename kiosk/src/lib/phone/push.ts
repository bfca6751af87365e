import { pushAbility, subscribe } from '@schalter/shared/ui/push.ts';
import { ask } from '@schalter/shared/ui/device/api.ts';

/** Whether the browser of this phone is told, or why not; `cannot` where nothing is offered. */
export type PushOnPhone = 'on' | 'off' | 'denied' | 'noService' | 'cannot';

/** A scope of its own, where no page lies: the kiosk's worker would bring the whole app to a phone. */
const SCOPE = '/kiosk/push/';
const WORKER = '/kiosk/push-worker.js';
const PATH = '/ticket/push';

const headers = (linkToken: string) => ({
  Authorization: `Ticket ${linkToken}`,
  'Content-Type': 'application/json',
});

export async function pushHere(): Promise<PushOnPhone> {
  const ability = pushAbility();
  if (ability === 'denied') return 'denied';
  if (ability !== 'can') return 'cannot';
  const here = await navigator.serviceWorker.getRegistration(SCOPE).catch(() => undefined);
  const subscription = await here?.pushManager.getSubscription();
  return subscription == null ? 'off' : 'on';
}

/** From a press: the browser asks the person. */
export async function allowPush(linkToken: string): Promise<PushOnPhone> {
  const key = await ask<{ publicKey: string }>('/push');
  if (!key.ok) return 'noService';
  const here = await ready().catch(() => null);
  if (here === null) return 'noService';
  const subscription = await subscribe(here, key.value.publicKey);
  if (typeof subscription === 'string') return subscription;
  const body = JSON.stringify(subscription);
  const kept = await ask(PATH, { method: 'PUT', headers: headers(linkToken), body });
  return kept.ok ? 'on' : 'noService';
}

export async function endPush(linkToken: string): Promise<PushOnPhone> {
  const here = await navigator.serviceWorker.getRegistration(SCOPE);
  await (await here?.pushManager.getSubscription())?.unsubscribe();
  await ask(PATH, { method: 'DELETE', headers: headers(linkToken) });
  return 'off';
}

/** A browser subscribes with a worker that is at work. */
async function ready(): Promise<ServiceWorkerRegistration> {
  const here = await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  const worker = here.installing ?? here.waiting;
  if (here.active === null && worker !== null)
    await new Promise<void>((resolve, fail) => {
      worker.addEventListener('statechange', () => {
        if (worker.state === 'activated') resolve();
        if (worker.state === 'redundant') fail(new Error('the worker could not be installed'));
      });
    });
  return here;
}
