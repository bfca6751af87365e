import {
  startAuthentication,
  startRegistration,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/browser';
import { request, type Result } from '../device/api.ts';

/** Fetches what the browser needs and has it answer; null where the person, or the browser, did not want to. */
async function ceremony<Options, Answer>(
  path: string,
  start: (options: Options) => Promise<Answer>,
): Promise<Result<Answer> | null> {
  const options = await request<Options>('POST', path, {});
  if (!options.ok) return options;
  try {
    return { ok: true, data: await start(options.data) };
  } catch {
    return null;
  }
}

/** One of the person's passkeys answers. */
export const answered = (path: string): Promise<Result<AuthenticationResponseJSON> | null> =>
  ceremony(path, (optionsJSON: PublicKeyCredentialRequestOptionsJSON) =>
    startAuthentication({ optionsJSON }),
  );

/** A new passkey is made. */
export const made = (path: string): Promise<Result<RegistrationResponseJSON> | null> =>
  ceremony(path, (optionsJSON: PublicKeyCredentialCreationOptionsJSON) => startRegistration({ optionsJSON }));
