import { describe, expect, it } from 'vitest';
import { specOf } from '@schalter/shared/registry.ts';
import { policyOf, POLICY_TYPES } from './policies.ts';

describe('policies', () => {
  it.each(POLICY_TYPES)('%s: what the device knows of it is what the server does', (type) => {
    const spec = specOf(type);
    expect(policyOf(type)).toEqual({ offline: spec?.offline, expiresAfterMs: spec?.expiresAfterMs });
  });
  it('knows nothing else', () => {
    expect(policyOf('queue.callNext')).toBeUndefined();
  });
});
