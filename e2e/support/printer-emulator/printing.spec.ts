import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { ticketDocument } from '@schalter/shared/documents/ticket.ts';
import ts from 'typescript';
import type { Printer, PrintOutcome, PrinterState } from '../../../kiosk/src/lib/printing/printer.ts';
import { PrinterEmulator } from './emulator.ts';
import { installSerial } from './install-serial.ts';
import { textLines } from './render.ts';
import { createSerialHost, type SerialHost } from './serial-host.ts';
import { TICKET } from './ticket.fixture.ts';

/** Nothing listens there: every request is answered from this repository. */
const ORIGIN = 'http://localhost:4149';
const root = fileURLToPath(new URL('../../../', import.meta.url));
const MODULES = {
  '@point-of-sale/receipt-printer-encoder':
    '/kiosk/node_modules/@point-of-sale/receipt-printer-encoder/dist/receipt-printer-encoder.esm.js',
  'web-serial-polyfill': '/kiosk/node_modules/web-serial-polyfill/dist/serial.js',
};
const PAGE = `<!doctype html><title>printing</title><script type="importmap">${JSON.stringify({ imports: MODULES })}</script>
<button>choose</button><script type="module">
import { createPrinter } from '/kiosk/src/lib/printing/printer.ts';
import { findSerial } from '/kiosk/src/lib/printing/serial.ts';
const printer = createPrinter({ serial: await findSerial(), now: Date.now, memory: localStorage,
  onState: () => undefined, timing: { pollMs: 500 } });
window.uninvited = await printer.choose();
window.printer = printer;
document.querySelector('button').onclick = () => printer.choose();
</script>`;

interface Scope {
  printer: Printer;
  /** What came of asking for a port while nobody had clicked. */
  uninvited: boolean;
}

async function serveRepository(context: BrowserContext): Promise<void> {
  await context.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = `${root}${pathname.slice(1)}`;
    if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: PAGE });
    if (!existsSync(file)) return route.fulfill({ status: 404, body: '' });
    const source = readFileSync(file, 'utf8');
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    const body = file.endsWith('.ts')
      ? ts.transpileModule(source, { compilerOptions: options }).outputText
      : source;
    return route.fulfill({ contentType: 'text/javascript', body });
  });
}

const document = (number: string): ReturnType<typeof ticketDocument> =>
  ticketDocument({ ...TICKET, id: `visit-${number}`, number });
const print = (page: Page, number: string): Promise<PrintOutcome['kind']> =>
  page.evaluate(
    async (ticket) => (await (globalThis as unknown as Scope).printer.print(ticket, 80)).kind,
    document(number),
  );
const stateIs = (page: Page, state: PrinterState): Promise<void> =>
  expect.poll(() => page.evaluate(() => (globalThis as unknown as Scope).printer?.state)).toBe(state);
const numbersOn = (device: PrinterEmulator): string[] =>
  device.tickets.flatMap(textLines).filter((line) => /^[A-Z]\d{3}$/.test(line));

let device: PrinterEmulator;
let host: SerialHost;
test.beforeEach(async ({ context }) => {
  device = new PrinterEmulator();
  host = createSerialHost(device);
  await serveRepository(context);
});

test('[HW-08] [HW-02] [PR15] chosen in a click, printed, and found again after a reload and after the cable was out', async ({
  page,
  context,
}) => {
  await installSerial(context, host);
  await page.goto(ORIGIN);
  await stateIs(page, 'notChosen');
  // A script alone may not ask.
  expect(await page.evaluate(() => (globalThis as unknown as Scope).uninvited)).toBe(false);
  await page.getByRole('button').click();
  await stateIs(page, 'ready');
  expect(await print(page, 'B042')).toBe('printed');

  await page.reload();
  await stateIs(page, 'ready');
  expect(await print(page, 'B043')).toBe('printed');

  host.unplug();
  await stateIs(page, 'disconnected');
  expect(await print(page, 'B044')).toBe('notPrinted');
  host.plug();
  await stateIs(page, 'ready');
  expect(await print(page, 'B044')).toBe('printed');
  expect(numbersOn(device)).toEqual(['B042', 'B043', 'B044']);
  expect(device.unknown).toEqual([]);
});

test('[HW-08] [KI-06] [HW-04] [PR10] paper out, cover open and a torn cable in a real browser', async ({
  page,
  context,
}) => {
  await installSerial(context, host);
  host.grant();
  await page.goto(ORIGIN);
  await stateIs(page, 'ready');
  device.setPaper('end');
  await stateIs(page, 'paperOut');
  expect(await print(page, 'B042')).toBe('notPrinted');
  device.setPaper('full');
  device.setCover(true);
  await stateIs(page, 'coverOpen');
  device.setCover(false);
  await stateIs(page, 'ready');
  expect(await print(page, 'B042')).toBe('printed');

  device.faults.dropAfterBytes = 200;
  expect(await print(page, 'M017')).toBe('unknown');
  await stateIs(page, 'disconnected');
  host.plug();
  await stateIs(page, 'ready');
  expect(await print(page, 'M017')).toBe('unknown');
  expect(await print(page, 'M018')).toBe('printed');
  expect(numbersOn(device).filter((number) => number === 'M017').length).toBeLessThanOrEqual(1);
});

test('[HW-02] [PR14] without Web Serial a CDC printer prints through WebUSB, and without both the page says so', async ({
  page,
  context,
}) => {
  await context.exposeBinding('__usbWrite', (_source, bytes: number[]) => device.receive(bytes));
  device.onSend = (bytes) =>
    void page.evaluate(
      (sent) => (globalThis as unknown as { usbDeliver: (b: number[]) => void }).usbDeliver(sent),
      [...bytes],
    );
  await context.addInitScript(installUsb);
  await page.goto(ORIGIN);
  await stateIs(page, 'ready');
  expect(await print(page, 'B042')).toBe('printed');
  expect(numbersOn(device)).toEqual(['B042']);

  await context.addInitScript("Object.defineProperty(navigator, 'usb', { value: undefined })");
  await page.goto(ORIGIN);
  await stateIs(page, 'unsupported');
});

/** A USB printer of class CDC-ACM in the place of `navigator.usb`, and no Web Serial. Runs in the page. */
function installUsb(): void {
  const scope = globalThis as unknown as Record<string, unknown> & {
    __usbWrite: (bytes: number[]) => Promise<void>;
    navigator: object;
  };
  let deliver: ((bytes: Uint8Array) => void) | null = null;
  const early: number[] = [];
  scope['usbDeliver'] = (bytes: number[]) => {
    if (deliver === null) early.push(...bytes);
    else deliver(Uint8Array.from(bytes));
  };
  const endpoints = [
    { direction: 'in', endpointNumber: 1, packetSize: 64 },
    { direction: 'out', endpointNumber: 2, packetSize: 64 },
  ];
  const interfaces = [
    { interfaceNumber: 0, alternates: [{ interfaceClass: 2, endpoints: [] }] },
    { interfaceNumber: 1, alternates: [{ interfaceClass: 10, endpoints }] },
  ];
  const done = { status: 'ok' };
  const usbDevice = {
    opened: false,
    configuration: null,
    configurations: [{ interfaces }],
    open: async () => void (usbDevice.opened = true),
    close: async () => void (usbDevice.opened = false),
    selectConfiguration: async () => undefined,
    claimInterface: async () => undefined,
    releaseInterface: async () => undefined,
    controlTransferOut: async () => done,
    transferOut: async (_endpoint: number, bytes: Uint8Array) => {
      await scope.__usbWrite([...bytes]);
      return done;
    },
    transferIn: () =>
      new Promise((resolve) => {
        deliver = (bytes) => {
          deliver = null;
          resolve({ ...done, data: new DataView(bytes.buffer) });
        };
        if (early.length > 0) deliver(Uint8Array.from(early.splice(0)));
      }),
  };
  Object.defineProperty(scope.navigator, 'serial', { value: undefined, configurable: true });
  Object.defineProperty(scope.navigator, 'usb', {
    value: Object.assign(new EventTarget(), { getDevices: async () => [usbDevice] }),
    configurable: true,
  });
}
