import type { PrinterEmulator } from './emulator.ts';
import type { SerialBridge, VirtualSerial } from './virtual-serial.ts';

type Page = Pick<VirtualSerial, 'deliver' | 'plug' | 'unplug'>;

/** The computer's side of one printer's cable: its permission and its speed outlive a page's reload. */
export interface SerialHost {
  readonly bridge: SerialBridge;
  /** The page that now hears the printer. */
  attach(page: Page): void;
  /** Gives the permission without a dialog, as a fleet's policy does. */
  grant(): void;
  /** What the person will choose in the dialog. */
  choice: 'printer' | 'nothing';
  plug(): void;
  unplug(): void;
}

const PORT_ID = 1;

/** @param baudRate what the printer is set to; null: USB, where the speed means nothing */
export function createSerialHost(printer: PrinterEmulator, baudRate: number | null = null): SerialHost {
  let page: Page | null = null;
  let granted = false;
  let openedAt: number | null = null;
  /** At another speed both sides hear noise; the page gets none of it, the printer neither. */
  const isHeard = (): boolean => openedAt !== null && (baudRate === null || openedAt === baudRate);

  const host: SerialHost = {
    choice: 'printer',
    attach: (attached) => void (page = attached),
    grant: () => void (granted = true),
    plug: () => page?.plug(PORT_ID),
    unplug() {
      openedAt = null;
      printer.powerOff();
      page?.unplug(PORT_ID);
    },
    bridge: {
      ports: () => Promise.resolve([{ id: PORT_ID, granted }]),
      choose() {
        if (host.choice === 'nothing') return Promise.resolve(null);
        granted = true;
        return Promise.resolve(PORT_ID);
      },
      open(_id, rate) {
        openedAt = rate;
        return Promise.resolve();
      },
      write: (_id, bytes) => (isHeard() ? printer.receive(bytes) : Promise.resolve()),
      close() {
        openedAt = null;
        printer.hangUp();
        return Promise.resolve();
      },
    },
  };
  printer.onSend = (bytes) => {
    if (isHeard()) page?.deliver(PORT_ID, [...bytes]);
  };
  printer.onDrop = () => host.unplug();
  return host;
}
