import { v7 as uuid } from 'uuid';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { people } from '@schalter/drizzle/seed/station.ts';
import { Api, asPerson, type Proof } from '../lib/api.ts';
import { givePassword } from '../lib/give-password.ts';
import type { Figure, Measurement } from '../lib/figure.ts';
import { freePort, startServer } from '../lib/server.ts';
import { must, openStation, ticketInput, type Station } from '../lib/station.ts';

const ISSUES = 100;
const CALLS = 50;
const ROUNDS = 3;
const PASSWORD = 'bench-of-fifty-clerks';
/** Sign-ins at once: argon2 is meant to be dear. */
const SIGN_INS_AT_ONCE = 5;

interface Round {
  readonly numbers: readonly number[];
  readonly calledStages: readonly string[];
  readonly issuesMs: number;
  readonly callsMs: number;
}

export const numbers: Measurement = {
  key: 'numbers',
  takesS: 30,
  async measure({ say }) {
    const server = await startServer({ port: await freePort() });
    try {
      const api = new Api(server.url);
      const [admin] = people;
      if (admin === undefined) throw new Error('the demo is empty');
      const proof = asPerson(await api.login(admin.email, admin.password));
      const clerks = await hire(api, proof);
      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const measured = await measureRound(api, clerks[round] ?? proof, clerks);
        rounds.push(measured);
        say(
          `${ISSUES} issues in ${measured.issuesMs.toFixed(0)} ms, ${CALLS} calls in ${measured.callsMs.toFixed(0)} ms`,
        );
      }
      return figuresOf(rounds);
    } finally {
      await server.stop();
    }
  },
};

function figuresOf(rounds: readonly Round[]): Figure[] {
  const gapless = rounds.filter(({ numbers: given }) => {
    const sorted = [...given].sort((a, b) => a - b);
    return sorted.length === ISSUES && sorted.every((number, i) => number === i + 1);
  });
  const single = rounds.filter((round) => new Set(round.calledStages).size === CALLS);
  return [
    {
      name: `${ISSUES} parallel issues: different numbers without a gap`,
      value: `${gapless.length} of ${rounds.length}`,
      target: `${rounds.length} of ${rounds.length}`,
      ok: gapless.length === rounds.length,
      details: [`over HTTP, all at once: ${rounds.map((r) => `${r.issuesMs.toFixed(0)} ms`).join(', ')}`],
    },
    {
      name: `${CALLS} parallel "call next": nobody twice`,
      value: `${single.length} of ${rounds.length}`,
      target: `${rounds.length} of ${rounds.length}`,
      ok: single.length === rounds.length,
      details: [
        `${CALLS} clerks at ${CALLS} counters: ${rounds.map((r) => `${r.callsMs.toFixed(0)} ms`).join(', ')}`,
      ],
    },
  ];
}

async function measureRound(api: Api, admin: Proof, clerks: readonly Proof[]): Promise<Round> {
  const submit = (_who: Actor, streamId: string, type: string, input: unknown) =>
    api.command(admin, { streamId, type, input });
  const station: Station = await openStation(submit, { kind: 'anonymous' }, CALLS);
  const { streamId, serviceId, counterIds } = station;
  const send = (proof: Proof, type: string, input: unknown) =>
    must(api.command(proof, { streamId, type, input }), type);
  await Promise.all(
    clerks.map((clerk, i) => send(clerk, 'directory.signOn', { counterId: counterIds[i], takeOver: false })),
  );

  const begun = performance.now();
  const tickets = await Promise.all(
    Array.from({ length: ISSUES }, () => send(admin, 'queue.issueTicket', ticketInput(serviceId))),
  );
  const issued = performance.now();
  const calls = await Promise.all(
    clerks.map((clerk, i) => send(clerk, 'queue.callNext', { counterId: counterIds[i] })),
  );
  return {
    numbers: tickets.map((ticket) => (ticket as { number: number }).number),
    calledStages: calls.map((call) => (call as { stageId: string }).stageId),
    issuesMs: issued - begun,
    callsMs: performance.now() - issued,
  };
}

/** Fifty people who may work everywhere, signed in. */
async function hire(api: Api, admin: Proof): Promise<Proof[]> {
  const { id } = await api.request<{ id: string }>('GET', '/api/v1/organisation', admin);
  const clerks: Proof[] = [];
  const one = async (n: number): Promise<Proof> => {
    const [personId, email] = [uuid(), `clerk-${n}@bench.example`];
    const person = {
      personId,
      name: `Clerk ${n}`,
      email,
      role: 'admin',
      locationIds: [],
      language: 'de',
      active: true,
    };
    await must(api.command(admin, { streamId: id, type: 'platform.setPerson', input: person }), 'a person');
    await givePassword(api, { admin, personId, password: PASSWORD });
    return asPerson(await api.login(email, PASSWORD));
  };
  for (let n = 0; n < CALLS; n += SIGN_INS_AT_ONCE) {
    clerks.push(...(await Promise.all(Array.from({ length: SIGN_INS_AT_ONCE }, (_, i) => one(n + i + 1)))));
  }
  return clerks;
}
