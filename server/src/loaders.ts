import type { Given } from '@schalter/shared/kernel/command.ts';
import type { Engine, Load } from './engine/execute.ts';
import type { PlatformQueries } from './platform/queries.ts';
import type { ArrivalCodes } from './queue/arrival.ts';
import { checkPhone } from './queue/phone.ts';

interface Sources {
  /** Made after the loaders, because it uses them. */
  readonly engine: () => Engine;
  readonly queries: PlatformQueries;
  readonly arrivalCodes: ArrivalCodes;
}

interface Inputs {
  readonly contact?: { readonly phone: string } | null;
  readonly arrivalCode?: string | null;
  readonly code?: string;
}

/** Fetches the cold facts of a command: what its rule may use beside the live set. */
export const loaders =
  ({ engine, queries, arrivalCodes }: Sources): Load =>
  async (type, rawInput, { streamId, now }): Promise<Given> => {
    const input = rawInput as Inputs;
    switch (type) {
      case 'queue.issueTicket':
      case 'queue.joinByPhone':
      case 'booking.checkIn':
      case 'queue.confirmArrival': {
        const code = input.arrivalCode ?? null;
        return {
          ...(input.contact
            ? { phone: checkPhone(input.contact.phone, await smsCountries(engine(), streamId)) }
            : {}),
          ...(code === null ? {} : { arrivalCodeFresh: arrivalCodes.isFresh(streamId, code, now) }),
        };
      }
      case 'platform.openLocation':
      case 'platform.setLocation':
        return { codeTaken: await queries.codeTaken(input.code ?? '', streamId) };
      default:
        return {};
    }
  };

const smsCountries = async (engine: Engine, streamId: string): Promise<readonly string[]> =>
  (await engine.read(streamId, ({ live }) => live.rows.locations.get(streamId)?.smsCountries)) ?? [];
