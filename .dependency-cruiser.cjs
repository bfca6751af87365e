// Who may import whom. The reasons stand in ARCHITECTURE.md; the comment of each rule is what its violator reads.

/** From the ground up; an arrow only ever points down, and never to a neighbour. */
const LAYERS = [
  ['platform'],
  ['directory'],
  ['assets', 'documents'],
  ['queue', 'cash'],
  // Above the queue, whose calls it tells customers of (IP-02).
  ['messaging'],
  ['billing'],
  ['booking', 'banking'],
  ['fulfilment'],
  ['sales'],
  ['exchange'],
  ['insights'],
  // Above all: what is held on a person, wherever it is held.
  ['privacy'],
];
const CAPABILITIES = LAYERS.flat();
const anyOf = (names) => `(?:${names.join('|')})`;

const APPS = '(kiosk|display|staff-pwa)';
const TESTS = '\\.(test|spec|contract|testing)\\.ts$|^server/test/|^e2e/|^bench/';

/** One rule per capability: what lies above it, or beside it, is out of its reach. */
const layerRules = LAYERS.flatMap((layer, level) =>
  layer.map((name) => {
    const beside = layer.filter((other) => other !== name);
    const above = LAYERS.slice(level + 1).flat();
    return {
      name: `${name}-points-down`,
      severity: 'error',
      comment: `${name} imports only what lies below it: ${LAYERS.slice(0, level).flat().join(', ') || 'the kernel'}. What an upper capability must cause here, it causes by a job that submits a command.`,
      from: { path: `^(shared|server)/src/${name}/`, pathNot: TESTS },
      to: { path: `^(shared|server)/src/${anyOf([...beside, ...above])}/` },
    };
  }),
);

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'Two files that need each other are one thing in two places. Types may look back; values may not.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment:
        'What is imported must exist. ($app, $lib, $env and virtual: are given by SvelteKit and Vite; the last is types alone.)',
      from: {},
      to: {
        couldNotResolve: true,
        pathNot: '^(\\$|virtual:|vite-plugin-pwa/types$)|\\?(raw|url|worker)$|/\\$types$',
      },
    },

    // shared
    {
      name: 'shared-stands-alone',
      severity: 'error',
      comment: 'shared/ runs on servers and on every device: it imports none of them.',
      from: { path: '^shared/' },
      to: { path: '^(server|drizzle|kiosk|display|staff-pwa|e2e|bench|scripts)/' },
    },
    {
      name: 'shared-without-node',
      severity: 'error',
      comment: 'shared/ runs in browsers too: no module of Node.',
      from: { path: '^shared/src/', pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shared-ui-for-apps-alone',
      severity: 'error',
      comment: 'Components are for the three apps; rules and replica know no screen.',
      from: { path: '^(shared/src/(?!ui/)|server/|drizzle/)' },
      to: { path: '^shared/src/ui/|node_modules/svelte/' },
    },
    {
      name: 'kernel-imports-no-capability',
      severity: 'error',
      comment: 'The kernel is the ground: it knows no capability, no registry, no screen.',
      from: { path: '^shared/src/kernel/', pathNot: TESTS },
      to: { path: '^shared/src/(?!kernel/)' },
    },
    {
      name: 'capability-knows-no-client',
      severity: 'error',
      comment: 'A rule does not know who runs it: registry and client import capabilities, not the reverse.',
      from: { path: `^shared/src/${anyOf(CAPABILITIES)}/`, pathNot: TESTS },
      to: { path: '^shared/src/(registry\\.ts|client/|ui/)' },
    },
    {
      name: 'decide-and-commands-are-private',
      severity: 'error',
      comment: "A capability reads another's rows, selectors and facts; it never decides for it.",
      from: { path: `^shared/src/(${CAPABILITIES.join('|')})/`, pathNot: TESTS },
      to: { path: '^shared/src/[^/]+/(decide|commands)[^/]*\\.ts$', pathNot: '^shared/src/$1/' },
    },
    ...layerRules,

    // apps
    {
      name: 'apps-without-server',
      severity: 'error',
      comment: 'A screen knows the server by commands and rows alone; how an app is built is no screen.',
      from: { path: `^${APPS}/`, pathNot: '/vite\\.config\\.ts$' },
      to: { path: '^(server|drizzle|e2e|bench|scripts)/' },
    },
    {
      name: 'apps-without-each-other',
      severity: 'error',
      comment: 'What two apps need lies in shared/src/ui or shared/src/client.',
      from: { path: `^${APPS}/` },
      to: { path: `^${APPS}/`, pathNot: '^$1/' },
    },
    {
      name: 'component-without-socket-or-store',
      severity: 'error',
      comment: 'A component gets rows and callbacks; the socket and IndexedDB belong to the replica.',
      from: { path: '\\.svelte$' },
      to: { path: 'node_modules/(dexie|socket\\.io-client)/' },
    },

    // server and database
    {
      name: 'drizzle-below-server',
      severity: 'error',
      comment: 'The schema knows rows, not who reads them.',
      from: { path: '^drizzle/', pathNot: TESTS },
      to: { path: `^(server|${APPS}|e2e|bench)/` },
    },
    {
      name: 'database-at-its-edge',
      severity: 'error',
      comment:
        "Only the engine's Postgres store and wake-up, queries, jobs and stores beside the books (credentials, browsers that are told) speak SQL; app opens the connections.",
      from: {
        path: '^server/src/',
        pathNot: [
          TESTS,
          '^server/src/(main|app|connections|verify/main|rotate-keys/main)\\.ts$',
          '^server/src/engine/(postgres-|wake-up)',
          '^server/src/jobs/',
          '/queries[^/]*\\.ts$',
          '^server/src/(platform|messaging)/[^/]*-store\\.ts$',
        ],
      },
      to: { path: '^drizzle/|node_modules/(drizzle-orm|postgres|pg-boss)/' },
    },
    {
      name: 'adapters-chosen-by-main',
      severity: 'error',
      comment: 'Only main, of the server and of each tool, knows which implementation of a port is used.',
      from: {
        path: '^server/src/',
        pathNot: [
          TESTS,
          '^server/src/(main|verify/main|rotate-keys/main|open-database)\\.ts$',
          '^server/src/adapters/',
        ],
      },
      to: { path: '^server/src/adapters/' },
    },
    {
      name: 'http-and-sockets-in-transport',
      severity: 'error',
      comment:
        "Only the transport and the app know Express and Socket.IO, and a route is made by transport/routes.ts alone, which asks whom it serves. The carrier's callback is no part of the API.",
      from: {
        path: '^server/src/',
        pathNot: [
          TESTS,
          '^server/src/transport/',
          '^server/src/(app|main)\\.ts$',
          '^server/src/messaging/routes\\.ts$',
        ],
      },
      to: {
        path: 'node_modules/(express|socket\\.io|@types/express)/',
        dependencyTypesNot: ['type-only'],
      },
    },

    // tests and tools
    {
      name: 'product-without-tests',
      severity: 'error',
      comment: 'What runs at a counter does not depend on what tests or measures it.',
      // A playground page shows each state of a screen, from the fixtures that its tests use.
      from: {
        path: `^(shared|server|drizzle|${APPS})/`,
        pathNot: [TESTS, '/playground/', '/vite\\.config\\.ts$'],
      },
      to: { path: `${TESTS}|^scripts/` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Of this repository alone: a package's own dist/ is where an arrow to it ends.
    exclude: { path: `^${APPS}/(build|\\.svelte-kit)/|^e2e/(test-results|playwright-report)/` },
    // Type-only imports are arrows too: they are what couples two modules' shapes.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.svelte', '.d.ts', '.json'],
    },
  },
};
