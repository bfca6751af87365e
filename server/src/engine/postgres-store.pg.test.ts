import postgres from 'postgres';
import { createTestDatabase } from '../../test/database.ts';
import { engineContract } from './engine.contract.ts';
import { PostgresStore } from './postgres-store.ts';
import { storeContract } from './store.contract.ts';

const open = async () => {
  const database = await createTestDatabase();
  const sql = postgres(database.url, { max: 4, onnotice: () => undefined });
  return {
    store: new PostgresStore(sql, () => Promise.resolve()),
    close: async () => {
      await sql.end();
      await database.drop();
    },
  };
};
storeContract('PostgreSQL', open);
engineContract('PostgreSQL', open);
