// A device as it stands in a house: a browser of its own, with its own profile on the disk and its own network.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type BrowserContext, type CDPSession, type Page } from '@playwright/test';
import { chromiumLaunchOptions } from './chromium.ts';
import { DeviceNetwork } from './device-network.ts';

const GONE_LOOK_MS = 50;

export class OwnBrowser {
  readonly network: DeviceNetwork;
  readonly #profile = mkdtempSync(join(tmpdir(), 'schalter-device-'));
  readonly #path: string;
  readonly #size: { width: number; height: number };
  readonly #onFault: (fault: string) => void;
  #context: BrowserContext | null = null;
  #page: Page | null = null;
  #quota: CDPSession | null = null;

  private constructor(network: DeviceNetwork, wish: DeviceWish) {
    this.network = network;
    this.#path = wish.path;
    this.#size = wish.size;
    this.#onFault = wish.onFault;
  }

  static async open(serverUrl: string, wish: DeviceWish): Promise<OwnBrowser> {
    const browser = new OwnBrowser(await DeviceNetwork.open(serverUrl), wish);
    await browser.start();
    return browser;
  }

  get page(): Page {
    if (this.#page === null) throw new Error('this device is switched off');
    return this.#page;
  }

  /** Switched on (again), with the same profile: the app is opened as its icon opens it. */
  async start(): Promise<void> {
    const context = await chromium.launchPersistentContext(this.#profile, {
      ...chromiumLaunchOptions(),
      viewport: this.#size,
      locale: 'de-CH',
      timezoneId: 'Europe/Zurich',
      // Several windows are drawn by two cores: what moves for beauty alone is left out.
      reducedMotion: 'reduce',
    });
    context.on('weberror', (fault) => this.#onFault(`${fault.page()?.url()}: ${fault.error().stack}`));
    this.#context = context;
    this.#page = context.pages()[0] ?? (await context.newPage());
    await this.#page.goto(`${this.network.url}${this.#path}`);
  }

  /** SIGKILL to the browser: no page hears of it, nothing is written any more. */
  async kill(): Promise<void> {
    const browser = this.#context?.browser();
    if (browser == null) throw new Error('this device is switched off');
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const id = processInfo.find(({ type }) => type === 'browser')?.id;
    if (id === undefined) throw new Error('the browser does not say which process it is');
    process.kill(id, 'SIGKILL');
    while (browser.isConnected()) await delay(GONE_LOOK_MS);
    this.#context = null;
    this.#page = null;
    this.#quota = null;
  }

  /** From now on the disk has no room for this origin: what is written fails as it does on a full device. */
  async fillDisk(): Promise<void> {
    this.#quota = await this.page.context().newCDPSession(this.page);
    await this.#quota.send('Storage.overrideQuotaForOrigin', { origin: this.network.url, quotaSize: 1 });
  }

  async emptyDisk(): Promise<void> {
    await this.#quota?.send('Storage.overrideQuotaForOrigin', { origin: this.network.url });
    await this.#quota?.detach();
    this.#quota = null;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    await this.network.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

export interface DeviceWish {
  /** What its icon opens. */
  readonly path: string;
  readonly size: { readonly width: number; readonly height: number };
  /** What a page threw. */
  readonly onFault: (fault: string) => void;
}
