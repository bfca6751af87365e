import { describe } from 'vitest';
import { storeContract } from './store-contract.testing.ts';
import { memoryStore } from './store.ts';

describe('memoryStore', () => {
  storeContract({ open: () => Promise.resolve(memoryStore()), reopen: (store) => Promise.resolve(store) });
});
