import { expect, test } from 'vitest';
import { LIMITS as KERNEL_LIMITS } from '@schalter/shared/kernel/text.ts';
import { LIMITS } from './limits.ts';

test('fields take as much as the commands do', () => {
  expect(LIMITS).toEqual(KERNEL_LIMITS);
});
