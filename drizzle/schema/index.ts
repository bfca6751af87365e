/** All tables, for drizzle-kit and for the store that writes rows by the name of their table. */
export * from './engine.ts';
export * from './platform.ts';
export * from './directory.ts';
export * from './queue.ts';
export * from './messaging.ts';
export * from './booking.ts';
