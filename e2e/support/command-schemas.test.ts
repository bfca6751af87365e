import { describe, expect, it } from 'vitest';
import { narrowings, newFields, type Schema } from './command-schemas.ts';

const call: Schema = {
  type: 'object',
  properties: {
    counterId: { type: 'string', pattern: 'uuid' },
    how: { enum: ['bell', 'voice'] },
    note: { anyOf: [{ type: 'string', maxLength: 50 }, { type: 'null' }] },
  },
  required: ['counterId', 'how', 'note'],
  additionalProperties: false,
};
const withFields = (fields: Readonly<Record<string, Schema>>, required = call.required): Schema => ({
  ...call,
  properties: { ...call.properties, ...fields },
  required: required ?? [],
});

describe('the commands of two releases', () => {
  it('[UP4] the same, an optional field more, and wider ones are understood', () => {
    expect(narrowings(call, call, 'call')).toEqual([]);
    const wider = withFields({
      why: { type: 'string' },
      how: { enum: ['bell', 'voice', 'light'] },
      note: { anyOf: [{ type: 'null' }, { type: 'string', maxLength: 99 }] },
    });
    expect(narrowings(call, wider, 'call')).toEqual([]);
  });

  it.each<[string, Schema]>([
    ['call.why is asked for', withFields({ why: { type: 'string' } }, ['counterId', 'how', 'note', 'why'])],
    ['call.note is gone', { ...call, properties: { counterId: { type: 'string' }, how: {} } }],
    ['call.how: "voice" is not taken any more', withFields({ how: { enum: ['bell'] } })],
    [
      'call.note(0): none of its forms takes what was taken',
      withFields({ note: { anyOf: [{ type: 'string', maxLength: 9 }, { type: 'null' }] } }),
    ],
    ['call.counterId: pattern is narrower', withFields({ counterId: { type: 'string', pattern: 'other' } })],
    ['call.counterId: string is number now', withFields({ counterId: { type: 'number' } })],
  ])('[UP4] %s', (problem, after) => {
    expect(narrowings(call, after, 'call')).toContain(problem);
  });

  it('[UP5] a field that is new is found, wherever it lies', () => {
    const deep: Schema = { type: 'object', properties: { a: { type: 'string' } } };
    const deeper: Schema = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } };
    expect(newFields(call, withFields({ why: { type: 'string' } }))).toEqual(['why']);
    expect(
      newFields(withFields({ deep: { anyOf: [deep, { type: 'null' }] } }), withFields({ deep: deeper })),
    ).toEqual(['deep.b']);
    expect(newFields(call, call)).toEqual([]);
  });
});
