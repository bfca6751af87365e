/** All tables, for drizzle-kit and for the store that writes rows by the name of their table. */
export * from './engine.ts';
export * from './platform.ts';
export * from './people.ts';
export * from './devices.ts';
export * from './sign-in.ts';
export * from './directory.ts';
export * from './queue.ts';
export * from './messaging.ts';
export * from './booking.ts';
