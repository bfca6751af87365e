import type { Given } from '@schalter/shared/kernel/command.ts';
import { consentOf } from '@schalter/shared/messaging/select.ts';
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
  readonly stageId?: string;
  readonly messageId?: string;
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
      // A country that was taken off the list meanwhile gets no message any more.
      case 'messaging.prepare':
      case 'messaging.claim': {
        const phone = await phoneOfMessage(engine(), streamId, input);
        return phone === null ? {} : { phone };
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

/** The number a message would go to, checked again; null where there is none. */
const phoneOfMessage = (engine: Engine, streamId: string, { stageId, messageId }: Inputs) =>
  engine.read(streamId, ({ live }): NonNullable<Given['phone']> | null => {
    const { messages, stages, visits, locations } = live.rows;
    const stage = stages.get(stageId ?? messages.get(messageId ?? '')?.stageId ?? '');
    const visit = visits.get(stage?.visitId ?? '');
    const contact = visit && consentOf(live, visit);
    const countries = locations.get(streamId)?.smsCountries;
    return contact && countries ? checkPhone(contact.phoneE164, countries) : null;
  });
