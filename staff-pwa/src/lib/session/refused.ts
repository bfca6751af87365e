import type { Result } from '../device/api.ts';
import { refusal, t } from '../texts.svelte.ts';

/** What a refused sign-in says; without a network that is another sentence than a wrong password. */
export function sentence(answer: Extract<Result<unknown>, { ok: false }>): string {
  return answer.code === 'offline' ? t('signInOffline') : refusal(answer.code);
}

/** "Noch 4 min 30 s": how long a lock or a limit still holds. */
export function waitText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0
    ? t('tryAgainInS', { s: seconds })
    : t('tryAgainInMin', { min: minutes, s: seconds % 60 });
}
