// A client of the HTTP API that believes nothing: every answer is held against the API's own description.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { openApiDocument } from '../src/transport/openapi.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
/** How a caller proves itself; nobody without one. */
export type Proof =
  | { readonly session: string }
  | { readonly device: string }
  | { readonly ticket: string }
  | { readonly cookie: string; readonly deviceId?: string };

export interface Reply<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}
/** What most tests look at: a rejection's code, or a command's result. */
export interface Told {
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly ok?: boolean;
  readonly seq?: number;
  readonly result?: Readonly<Record<string, unknown>>;
}

interface Described {
  readonly pattern: RegExp;
  readonly path: string;
  readonly method: Method;
  /** By status; null where there is no body. */
  readonly answers: ReadonlyMap<number, { readonly type: string; readonly schema: z.ZodType } | null>;
}

const document = openApiDocument('test') as unknown as {
  readonly paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
  readonly components: { readonly schemas: Record<string, unknown> };
};

/** The description's schemas as JSON Schema with its parts beside it. */
function schemaOf(schema: unknown): z.ZodType {
  // Commands are described as requests alone, and are most of it.
  const { Command: _, ...schemas } = document.components.schemas;
  const $defs = Object.fromEntries(Object.entries(schemas).filter(([name]) => !name.includes('.')));
  const whole = { ...(schema as object), $defs };
  return z.fromJSONSchema(
    JSON.parse(JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/')) as never,
  );
}

export const described: readonly Described[] = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, { responses }]) => ({
    path,
    method: method.toUpperCase() as Method,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    answers: new Map(
      Object.entries(responses).map(([status, response]) => {
        const content = (response as { content?: Record<string, { schema: unknown }> }).content ?? {};
        const [type, media] = Object.entries(content)[0] ?? [];
        return [
          Number(status),
          type === undefined ? null : { type, schema: schemaOf(media?.schema) },
        ] as const;
      }),
    ),
  })),
);

/** What was answered so far, "GET /api/v1/ticket 200": for the test that wants to have seen all. */
export const seen = new Set<string>();

/** Throws where an answer is not what the description says. */
function check(method: string, path: string, { status, headers, body }: Reply<unknown>): void {
  const pathname = path.split('?')[0] ?? '';
  const operation = described.find((one) => one.method === method && one.pattern.test(pathname));
  if (operation === undefined) throw new Error(`${method} ${pathname} is not described`);
  const answer = operation.answers.get(status);
  const what = `${method} ${operation.path} ${status}`;
  if (answer === undefined) throw new Error(`${what} is not described: ${JSON.stringify(body)}`);
  seen.add(what);
  if (answer === null) {
    if (body !== null) throw new Error(`${what} has a body, and none is described`);
    return;
  }
  if (headers.get('content-type')?.startsWith(answer.type) !== true) {
    throw new Error(`${what} is ${headers.get('content-type')}, not ${answer.type}`);
  }
  const parsed = answer.schema.safeParse(body);
  if (!parsed.success) throw new Error(`${what}: ${z.prettifyError(parsed.error)}\n${JSON.stringify(body)}`);
}

function headersOf(proof: Proof | null): Record<string, string> {
  if (proof === null) return {};
  if ('ticket' in proof) return { authorization: `Ticket ${proof.ticket}` };
  if ('session' in proof) return { authorization: `Bearer ${proof.session}` };
  if ('device' in proof) return { authorization: `Bearer ${proof.device}` };
  return {
    cookie: proof.cookie,
    ...(proof.deviceId === undefined ? {} : { 'x-schalter-device': proof.deviceId }),
  };
}

const isJson = ({ headers }: Response): boolean => headers.get('content-type')?.includes('json') === true;

export class Api {
  readonly #url: string;
  constructor(url: string) {
    this.#url = url;
  }

  async send<Body = Told>(
    method: Method,
    path: string,
    {
      body,
      as = null,
      headers = {},
    }: { body?: unknown; as?: Proof | null; headers?: Record<string, string> } = {},
  ): Promise<Reply<Body>> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headersOf(as),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const reply = {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : isJson(response) ? (JSON.parse(text) as unknown) : text,
    };
    check(method, path, reply);
    return reply as Reply<Body>;
  }

  get<Body = Told>(path: string, as: Proof | null = null): Promise<Reply<Body>> {
    return this.send<Body>('GET', path, { as });
  }
  post<Body = Told>(path: string, body: unknown, as: Proof | null = null): Promise<Reply<Body>> {
    return this.send<Body>('POST', path, { body, as });
  }
  put<Body = Told>(path: string, body: unknown, as: Proof | null = null): Promise<Reply<Body>> {
    return this.send<Body>('PUT', path, { body, as });
  }
  command(
    streamId: string,
    type: string,
    input: unknown,
    as: Proof | null,
    occurredAt = new Date().toISOString(),
  ) {
    return this.post('/api/v1/commands', { commandId: randomUUID(), streamId, type, input, occurredAt }, as);
  }
}

/** The cookies that an answer sets, as the next request would send them. */
export const cookiesOf = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ');
