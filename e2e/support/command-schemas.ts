// What commands may say, release by release: whether a server still understands the devices of the one before.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** As much of JSON Schema as zod writes for the inputs of commands. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}
interface CommandSchema {
  readonly input: Schema;
  readonly kind: 'request' | 'record';
}
type CommandSchemas = Readonly<Record<string, CommandSchema>>;

const PRINT = `
import { commands } from './src/registry.ts';
import { z } from 'zod';
const told = Object.entries(commands).map(([type, { input, kind }]) =>
  [type, { kind, input: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) }]);
console.log(JSON.stringify(Object.fromEntries(told)));
`;

/** Of the checkout in that folder, as its own code and its own zod say it. */
export function commandSchemas(root: string): CommandSchemas {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', PRINT],
    { cwd: join(root, 'shared'), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`the commands of ${root} could not be read:\n${stderr}`);
  return JSON.parse(stdout) as CommandSchemas;
}

const AT_MOST = ['maxLength', 'maximum', 'maxItems'] as const;
const AT_LEAST = ['minLength', 'minimum', 'minItems'] as const;
const valuesOf = ({ const: only, enum: values }: Schema): readonly unknown[] | null =>
  values ?? (only === undefined ? null : [only]);

const typesOf = ({ type = [] }: Schema): readonly string[] => (typeof type === 'string' ? [type] : type);

/** A sentence for each thing that `before` allowed and `after` does not. */
export function narrowings(before: Schema, after: Schema, path: string): readonly string[] {
  if (before.anyOf !== undefined)
    return before.anyOf.flatMap((option, n) => narrowings(option, after, `${path}(${n})`));
  if (after.anyOf !== undefined) {
    const fits = after.anyOf.some((option) => narrowings(before, option, path).length === 0);
    return fits ? [] : [`${path}: none of its forms takes what was taken`];
  }
  return [
    ...narrowedValues(before, after, path),
    ...narrowedFields(before, after, path),
    ...(before.items === undefined || after.items === undefined
      ? []
      : narrowings(before.items, after.items, `${path}[]`)),
  ];
}

function narrowedValues(before: Schema, after: Schema, path: string): readonly string[] {
  const allowed = valuesOf(after);
  const said = valuesOf(before);
  if (allowed !== null) {
    const gone = said === null ? ['anything'] : said.filter((value) => !allowed.includes(value));
    return gone.map((value) => `${path}: ${JSON.stringify(value)} is not taken any more`);
  }
  const types = typesOf(after);
  const takes = (type: string) => types.includes(type) || (type === 'integer' && types.includes('number'));
  if (types.length > 0 && !typesOf(before).every(takes))
    return [`${path}: ${typesOf(before).join()} is ${types.join()} now`];
  return [
    ...AT_MOST.filter((limit) => (after[limit] ?? Infinity) < (before[limit] ?? Infinity)),
    ...AT_LEAST.filter((limit) => (after[limit] ?? -Infinity) > (before[limit] ?? -Infinity)),
    ...(after.pattern === undefined || after.pattern === before.pattern ? [] : ['pattern']),
  ].map((limit) => `${path}: ${limit} is narrower`);
}

function narrowedFields(before: Schema, after: Schema, path: string): readonly string[] {
  const { properties = {} } = after;
  const asked = (after.required ?? []).filter((name) => !(before.required ?? []).includes(name));
  return [
    ...asked.map((name) => `${path}.${name} is asked for`),
    ...Object.entries(before.properties ?? {}).flatMap(([name, schema]) => {
      const now = properties[name];
      if (now !== undefined) return narrowings(schema, now, `${path}.${name}`);
      return after.additionalProperties === false ? [`${path}.${name} is gone`] : [];
    }),
  ];
}

/** The paths of fields that `before` did not have: "why", or "contact.why" where they lie deeper. */
export function newFields(before: Schema, after: Schema, path = ''): readonly string[] {
  const inForms = (schema: Schema): readonly Schema[] => schema.anyOf?.flatMap(inForms) ?? [schema];
  const known: Record<string, Schema> = {};
  for (const form of inForms(before)) Object.assign(known, form.properties);
  const added = inForms(after).flatMap((form) =>
    Object.entries(form.properties ?? {}).flatMap(([name, schema]) => {
      const was = known[name];
      return was === undefined ? [`${path}${name}`] : newFields(was, schema, `${path}${name}.`);
    }),
  );
  return [...new Set(added)];
}
