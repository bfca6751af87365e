/** Whether this browser can be told of something, or why not. */
export type PushAbility = 'can' | 'denied' | 'needsHomeScreen' | 'needsHttps' | 'cannot';

export function pushAbility(): PushAbility {
  if (!isSecureContext) return 'needsHttps';
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window))
    // Safari on iPhone and iPad has them in an app of the home screen alone, and says which it is.
    return 'standalone' in navigator && navigator.standalone === false ? 'needsHomeScreen' : 'cannot';
  return Notification.permission === 'denied' ? 'denied' : 'can';
}

/** A service that cannot be reached is waited for by browsers for minutes. */
const SERVICE_MS = 10_000;

/** What the server keeps (`PushSubscription.toJSON()`). */
export interface PushSubscriptionKept {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/**
 * From a press: asks the person, then the browser's own service. `noService` where that does not answer, or where this
 * browser has none.
 */
export async function subscribe(
  registration: ServiceWorkerRegistration,
  publicKey: string,
): Promise<PushSubscriptionKept | 'denied' | 'noService'> {
  if ((await Notification.requestPermission()) !== 'granted') return 'denied';
  const applicationServerKey = bytesOf(publicKey);
  try {
    const known = await registration.pushManager.getSubscription();
    if (known !== null && !isSame(known.options.applicationServerKey, applicationServerKey))
      await known.unsubscribe();
    const made = await inTime(
      registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }),
    );
    const { endpoint, keys: { p256dh = '', auth = '' } = {} } = made.toJSON();
    return endpoint === undefined ? 'noService' : { endpoint, keys: { p256dh, auth } };
  } catch {
    return 'noService';
  }
}

function inTime<Value>(work: Promise<Value>): Promise<Value> {
  const late = new Promise<never>((_, fail) => {
    setTimeout(() => fail(new Error('the service does not answer')), SERVICE_MS);
  });
  return Promise.race([work, late]);
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (one) => one.charCodeAt(0));
}

function isSame(a: ArrayBuffer | null, b: Uint8Array): boolean {
  const bytes = new Uint8Array(a ?? new ArrayBuffer(0));
  return bytes.length === b.length && bytes.every((byte, i) => byte === b[i]);
}
