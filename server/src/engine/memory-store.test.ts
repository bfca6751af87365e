import { engineContract } from './engine.contract.ts';
import { MemoryStore } from './memory-store.ts';
import { storeContract } from './store.contract.ts';

const open = () => Promise.resolve({ store: new MemoryStore(), close: () => Promise.resolve() });
storeContract('memory', open);
engineContract('memory', open);
