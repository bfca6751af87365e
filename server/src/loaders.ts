import type { Given } from '@schalter/shared/kernel/command.ts';
import { consentOf } from '@schalter/shared/messaging/select.ts';
import type { Engine, Load } from './engine/execute.ts';
import type { MessagingQueries } from './messaging/queries.ts';
import type { PlatformQueries } from './platform/queries.ts';
import type { ArrivalCodes } from './queue/arrival.ts';
import type { HeldData, Who } from './privacy/queries.ts';
import { checkPhone } from './queue/phone.ts';

interface Sources {
  /** Made after the loaders, because it uses them. */
  readonly engine: () => Engine;
  readonly queries: PlatformQueries;
  readonly messages: MessagingQueries;
  readonly held: HeldData;
  readonly arrivalCodes: ArrivalCodes;
}

interface Inputs {
  readonly contact?: { readonly phone: string } | null;
  readonly arrivalCode?: string | null;
  readonly code?: string;
  readonly stageId?: string;
  readonly messageId?: string;
  readonly personId?: string;
}

/** Fetches the cold facts of a command: what its rule may use beside the live set. */
export const loaders =
  ({ engine, queries, messages, held, arrivalCodes }: Sources): Load =>
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
      case 'messaging.prepare':
      case 'messaging.claim': {
        const to = await recipientOf(engine(), streamId, input);
        if (to === null) return {};
        if (type === 'messaging.claim') return { phone: to.phone };
        const toNumber = await messages.toNumber(to);
        return { phone: to.phone, messagesToday: { toNumber } };
      }
      case 'platform.openLocation':
      case 'platform.setLocation':
        return { codeTaken: await queries.codeTaken(input.code ?? '', streamId) };
      case 'privacy.erase':
      case 'privacy.erasePerson': {
        const organisationId = await engine().read(streamId, ({ head }) => head.organisationId);
        if (organisationId === null) return {};
        return type === 'privacy.erase'
          ? { archived: await held.rowsOf({ organisationId, streamId }, rawInput as Who) }
          : { archived: await held.person(organisationId, input.personId ?? '') };
      }
      default:
        return {};
    }
  };

const smsCountries = async (engine: Engine, streamId: string): Promise<readonly string[]> =>
  (await engine.read(streamId, ({ live }) => live.rows.locations.get(streamId)?.smsCountries)) ?? [];

/** Whom a message would go to, checked again (a country may be off the list by now); null where to nobody. */
const recipientOf = (engine: Engine, streamId: string, { stageId, messageId }: Inputs) =>
  engine.read(streamId, ({ head: { organisationId }, live: { rows }, live }) => {
    const stage = rows.stages.get(stageId ?? rows.messages.get(messageId ?? '')?.stageId ?? '');
    const visit = rows.visits.get(stage?.visitId ?? '');
    const contact = visit && consentOf(live, visit);
    const countries = rows.locations.get(streamId)?.smsCountries;
    if (stage === undefined || contact === undefined || countries === undefined) return null;
    const { phoneE164: toE164 } = contact;
    return { organisationId, toE164, businessDay: stage.businessDay, phone: checkPhone(toE164, countries) };
  });
