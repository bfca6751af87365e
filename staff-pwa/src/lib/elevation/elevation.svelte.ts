import { PROOF_ACTIONS, type Elevation } from '@schalter/shared/platform/proof.ts';

interface Wanted {
  readonly of: readonly Elevation[];
  readonly answer: (isProved: boolean) => void;
}

/** What waits for somebody to prove that it is they; the one dialog of the shell asks, whoever needs it. */
class Elevations {
  #wanted: Wanted | null = $state.raw(null);

  get wanted(): Wanted | null {
    return this.#wanted;
  }

  /** True once it is proved; false where the person does not want to, or something else is being asked already. */
  ask(of: readonly Elevation[]): Promise<boolean> {
    if (this.#wanted !== null) return Promise.resolve(false);
    return new Promise((resolve) => {
      const answer = (isProved: boolean): void => {
        this.#wanted = null;
        resolve(isProved);
      };
      this.#wanted = { of, answer };
    });
  }
}
export const elevations = new Elevations();

type Details = Readonly<Record<string, unknown>>;
interface Refused {
  readonly ok: false;
  readonly code: string;
  readonly details?: Details | null | undefined;
}

/** What a refusal asks a proof for; null for any other. */
function wantedBy({ code, details }: Refused): Elevation | null {
  const action = PROOF_ACTIONS.find((one) => one === details?.['action']);
  const target = details?.['target'];
  return code !== 'proofRequired' || action === undefined || typeof target !== 'string'
    ? null
    : { action, target };
}

/** Sends; where a fresh proof is asked for, asks the person and sends once more. */
export async function elevated<Answer extends { readonly ok: boolean | 'queued' }>(
  send: () => Promise<Answer>,
): Promise<Answer> {
  const answer = await send();
  const wanted = answer.ok === false ? wantedBy(answer as unknown as Refused) : null;
  return wanted !== null && (await elevations.ask([wanted])) ? send() : answer;
}
