import { pushAbility, subscribe, type PushAbility } from '@schalter/shared/ui/push.ts';
import { request } from '../device/api.ts';
import { sentence } from '../session/refused.ts';

/** Whether this person is told in this browser, or why not. */
export type PushHere = 'on' | 'off' | Exclude<PushAbility, 'can'>;
/** What became of a press: how it stands now, or what went wrong, as a text of the account page or a sentence. */
export type PushTurned =
  | { readonly is: PushHere }
  | { readonly fault: 'noService' }
  | { readonly fault: 'refused'; readonly sentence: string };

const PATH = '/auth/push';
const registration = () => navigator.serviceWorker.getRegistration();

async function endpointHere(): Promise<string | null> {
  const subscription = await (await registration())?.pushManager.getSubscription();
  return subscription?.endpoint ?? null;
}

/** Asks the server, which goes on telling with the session of now (WP1). */
export async function pushHere(): Promise<PushHere> {
  const ability = pushAbility();
  if (ability !== 'can') return ability;
  if (Notification.permission !== 'granted') return 'off';
  const endpoint = await endpointHere();
  if (endpoint === null) return 'off';
  const answer = await request<{ on: boolean }>('POST', `${PATH}/here`, { endpoint });
  return answer.ok && answer.data.on ? 'on' : 'off';
}

/** From a press: the browser asks the person. */
export async function allowPush(): Promise<PushTurned> {
  const here = await registration();
  if (here === undefined) return { is: 'cannot' };
  const key = await request<{ publicKey: string }>('GET', '/push');
  if (!key.ok) return { fault: 'refused', sentence: sentence(key) };
  const subscription = await subscribe(here, key.data.publicKey);
  if (subscription === 'denied') return { is: pushAbility() === 'denied' ? 'denied' : 'off' };
  if (subscription === 'noService') return { fault: 'noService' };
  const kept = await request('PUT', PATH, subscription);
  return kept.ok ? { is: 'on' } : { fault: 'refused', sentence: sentence(kept) };
}

/** The browser stays subscribed: somebody else who signs in here may want to be told. */
export async function endPush(): Promise<PushTurned> {
  const endpoint = await endpointHere();
  if (endpoint === null) return { is: 'off' };
  const ended = await request('DELETE', PATH, { endpoint });
  return ended.ok ? { is: 'off' } : { fault: 'refused', sentence: sentence(ended) };
}

/** A press on a notice, where a window of the app is open: it goes there itself. */
export function followNotices(open: (path: string) => void): () => void {
  const onMessage = ({ data }: MessageEvent<unknown>): void => {
    if (typeof data === 'object' && data !== null && 'open' in data && typeof data.open === 'string')
      open(data.open);
  };
  navigator.serviceWorker?.addEventListener('message', onMessage);
  return () => navigator.serviceWorker?.removeEventListener('message', onMessage);
}
