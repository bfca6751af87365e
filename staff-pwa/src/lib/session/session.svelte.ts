import type { Language } from '@schalter/shared/kernel/text.ts';
import { renew, request, type Result } from '../device/api.ts';
import { remember, remembered } from '../device/memory.ts';
import { leave } from './leave.ts';
import { setLanguage } from '../texts.svelte.ts';
import { parseProfile, type Profile, type ProfileLocation, type Station } from './profile.ts';

/** Who is signed in on this device, and whether it is a shared station. */
class Session {
  /** null: nobody. */
  #profile: Profile | null = $state.raw(parseProfile(remembered('profile')));
  #station: Station | null = $state.raw(null);
  #locationId: string | null = $state(remembered('locationId'));
  /** False until the server has confirmed the profile, or could not be asked. */
  #checked = $state(false);
  #failedAttempts = $state(0);
  /** The server did not answer: the profile is the one of before. */
  #offline = $state(false);
  /** What people who have signed out still have to send from here. */
  #leftBehind = $state(0);
  /** Nobody signed out: the tablet was left alone. */
  #locked = $state(false);
  #leaving: Promise<void> = Promise.resolve();

  /** Wrong passwords and PINs between the last sign-in and this one. */
  get failedAttempts(): number {
    return this.#failedAttempts;
  }
  get profile(): Profile | null {
    return this.#profile;
  }
  get station(): Station | null {
    return this.#station;
  }
  get checked(): boolean {
    return this.#checked;
  }
  get offline(): boolean {
    return this.#offline;
  }
  get locked(): boolean {
    return this.#locked;
  }
  get leftBehind(): number {
    return this.#leftBehind;
  }

  /** Where this person works today: a station's own place, the one chosen, or the only one there is. */
  get location(): ProfileLocation | null {
    const locations = this.#profile?.locations ?? [];
    const at = this.#profile?.device?.locationId ?? this.#locationId;
    const chosen = locations.find((l) => l.id === at);
    return chosen ?? (locations.length === 1 ? (locations[0] ?? null) : null);
  }

  /** Asks the server who this is. Where no network answers, the device goes on with what it knows. */
  async check(): Promise<void> {
    if (remembered('signOutPending') !== null) await this.#tellSignedOut();
    const answer = await request<Profile>('GET', '/auth/profile');
    this.#offline = !answer.ok && answer.code === 'offline';
    // Signed out, and the server has not heard it yet: whoever it still knows is nobody here.
    if (remembered('signOutPending') !== null) await this.#forget();
    else if (answer.ok) await this.#take(answer.data);
    else if (answer.code === 'notSignedIn' || answer.code === 'deviceRevoked') await this.#forget();
    if (this.#profile === null) await this.findStation();
    this.#checked = true;
  }

  async signIn(email: string, password: string): Promise<Result<Profile>> {
    return this.#begin(await request<Profile>('POST', '/auth/login', { email, password }));
  }

  /** After the password, where the person has a second factor. */
  async verifyCode(code: string): Promise<Result<Profile>> {
    return this.#begin(await request<Profile>('POST', '/auth/second-factor/verify', { code }));
  }

  /** Without a name and a password: the browser says who it is. null: it has not shown one. */
  async signInWithPasskey(): Promise<Result<Profile> | null> {
    const { answered } = await import('./passkey.ts');
    const answer = await answered('/auth/passkeys/sign-in/options');
    if (answer === null || !answer.ok) return answer;
    const body = { answer: answer.data };
    return this.#begin(await request<Profile>('POST', '/auth/passkeys/sign-in', body));
  }

  async signInWithPin(personId: string, pin: string): Promise<Result<Profile>> {
    return this.#begin(await request<Profile>('POST', '/auth/pin', { personId, pin }));
  }

  async setUpFirst(body: {
    token: string;
    organisation: string;
    name: string;
    email: string;
    password: string;
    language: Language;
  }): Promise<Result<Profile>> {
    return this.#begin(await request<Profile>('POST', '/setup', body));
  }

  /**
   * What waits in the outbox stays on the device and goes out when this person signs in again, or is given up where
   * the person says so. Everything else of people leaves the device, also where no network is.
   */
  async signOut({ discard = false, locked = false } = {}): Promise<void> {
    this.#locked = locked;
    remember('signOutPending', 'yes');
    await this.#forget(discard);
    await this.#tellSignedOut();
    await this.findStation();
  }

  async setProfile(body: { name: string; language: Language }): Promise<Result<Profile>> {
    const answer = await request<Profile>('PUT', '/auth/profile', body);
    if (answer.ok) await this.#take(answer.data);
    return answer;
  }

  /** Wrong passwords and PINs before this sign-in; the person has been told. */
  toldOfFailures(): void {
    this.#failedAttempts = 0;
  }

  /** Asked before the access token runs out; a session that is over is noticed by what is asked next. */
  async renew(): Promise<void> {
    if (this.#profile !== null) await renew();
  }

  /** The server ended the session (revoked, expired): sign in again, nothing is lost. */
  async ended(): Promise<void> {
    await this.#forget();
    await this.findStation();
  }

  chooseLocation(locationId: string): void {
    this.#locationId = locationId;
    remember('locationId', locationId);
  }

  /** A station shows the people who may sign in with their PIN. */
  async findStation(): Promise<void> {
    if (remembered('deviceId') === null) return;
    const answer = await request<Station & { people?: Station['people'] }>('GET', '/device');
    this.#offline = !answer.ok && answer.code === 'offline';
    if (answer.ok) this.#station = answer.data.people === undefined ? null : answer.data;
    else if (answer.code === 'deviceRevoked') {
      remember('deviceId', null);
      this.#station = null;
    }
  }

  async #tellSignedOut(): Promise<void> {
    const answer = await request('POST', '/auth/logout', {});
    if (answer.ok || answer.code !== 'offline') remember('signOutPending', null);
  }

  async #begin(answer: Result<Profile>): Promise<Result<Profile>> {
    if (answer.ok) {
      remember('signOutPending', null);
      this.#locked = false;
      this.#failedAttempts = answer.data.failedAttempts ?? 0;
      await this.#leaving;
      await this.#take(answer.data);
      this.#checked = true;
      this.#offline = false;
    }
    return answer;
  }

  async #take(profile: Profile): Promise<void> {
    const changed = this.#profile?.person.id !== profile.person.id;
    const before = this.#profile?.person.language;
    this.#profile = profile;
    remember('profile', JSON.stringify(profile));
    // Each person reads the own language, on a shared tablet too.
    if (changed || before !== profile.person.language) await setLanguage(profile.person.language);
  }

  #forget(discard = false): Promise<void> {
    const streamId = this.location?.id ?? null;
    const personId = this.#profile?.person.id ?? null;
    this.#profile = null;
    remember('profile', null);
    this.#leaving = leave({ streamId, personId, discard }).then((n) => void (this.#leftBehind = n));
    return this.#leaving;
  }
}

export const session = new Session();
