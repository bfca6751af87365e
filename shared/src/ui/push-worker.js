// Shows notices (docs/spec/push.md) and opens what they are about: a part of the staff app's service worker, and the
// whole of the one that a customer's phone registers. Plain JavaScript, because a service worker loads it as it is.
/// <reference lib="webworker" />

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
/** Where this app's pages lie, beside its worker. */
const base = new URL('.', worker.location.href);

worker.addEventListener('push', (event) => event.waitUntil(show(event.data)));
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.path));
});

/** @param {PushMessageData | null} data */
async function show(data) {
  const { title, body, tag, path, language } = data?.json() ?? {};
  if (typeof title !== 'string') return;
  const isSeen = (await pages()).some(({ visibilityState }) => visibilityState === 'visible');
  const icon = new URL('icon-192.png', base).pathname;
  // Some browsers take the permission away from whoever is told and shows nothing: shown without a sound, and gone.
  const options = { body, tag, lang: language, icon, data: { path }, silent: isSeen, renotify: !isSeen };
  await worker.registration.showNotification(title, options);
  if (!isSeen) return;
  for (const notice of await worker.registration.getNotifications({ tag })) notice.close();
}

/** @param {string} path */
async function open(path) {
  const [page] = await pages();
  if (page === undefined) return worker.clients.openWindow(path);
  // The page goes there itself: what somebody has typed is not loaded away.
  page.postMessage({ open: path });
  return page.focus();
}

async function pages() {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return windows.filter(({ url }) => url.startsWith(base.href));
}
