import type { BrowserContext } from '@playwright/test';
import type { SerialHost } from './serial-host.ts';
import { createVirtualSerial, type SerialBridge, type VirtualSerial } from './virtual-serial.ts';

const METHODS = [
  'ports',
  'choose',
  'open',
  'write',
  'close',
] as const satisfies readonly (keyof SerialBridge)[];
const BINDING = '__serialBridge';
const HANDLE = '__virtualSerial';

/** Runs in the page, before its own scripts, from its source: it may use nothing but its arguments. */
function install(
  create: typeof createVirtualSerial,
  methods: readonly string[],
  binding: string,
  handle: string,
): void {
  const scope = globalThis as unknown as Record<string, (method: string, args: unknown[]) => Promise<never>>;
  const bridge = Object.fromEntries(
    methods.map((method) => [method, (...args: unknown[]) => scope[binding]?.(method, args)]),
  ) as unknown as SerialBridge;
  const { navigator } = globalThis as unknown as { navigator: { userActivation: { isActive: boolean } } };
  const virtual = create(bridge, () => navigator.userActivation.isActive);
  Object.defineProperty(navigator, 'serial', { value: virtual.serial, configurable: true });
  Object.defineProperty(globalThis, handle, { value: virtual });
}

/** Replaces `navigator.serial` in every page of a context by one whose cable ends in the emulator. */
export async function installSerial(context: BrowserContext, host: SerialHost): Promise<void> {
  await context.exposeBinding(BINDING, ({ page }, method: (typeof METHODS)[number], args: never[]) => {
    // The page that talks to the port is the one that hears it.
    let turn: Promise<unknown> = Promise.resolve();
    const call = (
      name: keyof Pick<VirtualSerial, 'deliver' | 'plug' | 'unplug'>,
      ...values: unknown[]
    ): void => {
      turn = turn
        .then(() =>
          page.evaluate(
            ([handle, method, args]) => {
              const virtual = (
                globalThis as unknown as Record<string, Record<string, (...a: unknown[]) => void>>
              )[handle];
              virtual?.[method]?.(...args);
            },
            [HANDLE, name, values] as const,
          ),
        )
        // A page that is gone or reloading hears nothing more.
        .catch(() => undefined);
    };
    if (method === 'ports' || method === 'open') {
      host.attach({
        deliver: (id, bytes) => call('deliver', id, bytes),
        plug: (id) => call('plug', id),
        unplug: (id) => call('unplug', id),
      });
    }
    return (host.bridge[method] as (...a: never[]) => Promise<unknown>)(...args);
  });
  await context.addInitScript(
    `(${install.toString()})(${createVirtualSerial.toString()}, ${JSON.stringify(METHODS)}, '${BINDING}', '${HANDLE}')`,
  );
}
