import { expect, it } from 'vitest';
import { specOf } from '@schalter/shared/registry.ts';
import { displayPolicy } from './policy.ts';

it.each(['queue.reportCall', 'platform.reportHealth'])('%s is what the command says of itself', (type) => {
  const spec = specOf(type);
  expect(displayPolicy(type)).toEqual({ offline: spec?.offline, expiresAfterMs: spec?.expiresAfterMs });
});
