import { setTimeout as sleep } from 'node:timers/promises';
import { nobody, type Api, type Proof } from './api.ts';

/** The e-mail is written by a job, twice a second at most. */
const LOOK_MS = 250;
const LOOKS_MAX = 80;

/** As an invited person does it: the link of the e-mail that was not sent sets the password. */
export async function givePassword(
  api: Api,
  { admin, personId, password }: { admin: Proof; personId: string; password: string },
): Promise<void> {
  await api.request('POST', `/api/v1/people/${personId}/invitation`, admin, {});
  const read = () => api.request<{ text: string }>('GET', `/api/v1/people/${personId}/unsent-mail`, admin);
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const mail = await read().catch(() => null);
    const token = /#([\w-]+)/.exec(mail?.text ?? '')?.[1];
    if (token !== undefined) {
      await api.request('POST', '/api/v1/auth/reset-password', nobody, { token, password });
      return;
    }
    await sleep(LOOK_MS);
  }
  throw new Error('the invitation did not arrive');
}
