import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog, describeError, describeText } from './log.ts';

const PHONE = '+41791234567';
const TOKEN = 'q3Zr8XvN0aLkM7TbYwC5Ue';
const SECRETS = [PHONE, TOKEN, 'Sieben-Zimt-Turm', '294716', 'anna@haus.example'];

/** As drizzle throws it: the statement and its parameters are the message. */
class DrizzleQueryError extends Error {
  readonly query = 'select "id" from "visits" where "link_token" = $1';
  readonly params: unknown[];
  constructor(params: unknown[], cause: Error) {
    super(`Failed query: select …\nparams: ${params.join(',')}`, { cause });
    this.params = params;
  }
}

/** As postgres.js throws it: the database's own words, row and all. */
const databaseError = (message: string, fields: object) =>
  Object.assign(new Error(message), {
    name: 'PostgresError',
    severity: 'ERROR',
    parameters: [PHONE],
    query: `insert into visit_contacts values ('${PHONE}')`,
    ...fields,
  });

describe('[O1] what is written of an error', () => {
  const written = (error: unknown): string => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const log = createLog('trace', sink);
    log.error({ err: error }, 'failed');
    // Without a message of its own as well.
    log.error({ err: error });
    return lines.join('');
  };

  it.each([
    [
      'a row that a check refuses',
      databaseError('new row for relation "visit_contacts" violates check constraint "c"', {
        code: '23514',
        detail: `Failing row contains (1, ${PHONE}, ${TOKEN}).`,
        constraint_name: 'c',
      }),
      ['23514', '"constraint_name":"c"'],
    ],
    [
      'a key that is there already',
      databaseError('duplicate key value', { code: '23505', detail: `Key (link_token)=(${TOKEN}) exists.` }),
      ['23505'],
    ],
    [
      'a value that does not fit',
      databaseError(`invalid input syntax for type uuid: "${PHONE}"`, { code: '22P02', where: PHONE }),
      ['22P02', 'invalid input syntax for type uuid'],
    ],
    [
      'a query of drizzle’s',
      new DrizzleQueryError([PHONE, TOKEN], databaseError(`"${TOKEN}"`, { code: '42P01' })),
      ['Failed query', '42P01'],
    ],
    [
      'a cause of a cause',
      new Error('outer', { cause: new Error(`tried ${PHONE} with 294716`, { cause: new Error(TOKEN) }) }),
      ['outer', 'tried [number]'],
    ],
    ['a text', `could not reach anna@haus.example`, ['could not reach']],
    ['an object with a password', Object.assign(new Error('x'), { password: 'Sieben-Zimt-Turm' }), ['"x"']],
  ])('%s', (_name, error, said) => {
    const text = written(error);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
    for (const part of said) expect(text).toContain(part);
  });

  it('says where, without the message that a stack begins with', () => {
    const { stack } = describeError(new Error(`line one ${PHONE}\n    at ${TOKEN} line two`));
    expect(stack).toContain('log.test.ts');
    expect(stack).not.toContain(TOKEN);
  });
});

describe('[O1] a text from elsewhere', () => {
  it.each([
    ['call 079 123 45 67 now', 'call [number] now'],
    ['0041 79 123-45-67', '[number]'],
    ['079.123.45.67', '[number]'],
    ['PIN 294716', 'PIN [number]'],
    [`https://haus.example/t#${TOKEN}`, 'https://haus.example/t#[token]'],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED 127.0.0.1:5432'],
    ['stream 0198c1f2-7d3a-7c11-8aaa-000000000001', 'stream 0198c1f2-7d3a-7c11-8aaa-000000000001'],
    ['the transaction was rolled back', 'the transaction was rolled back'],
  ])('%s', (text, expected) => {
    expect(describeText(text)).toBe(expected);
  });
});
