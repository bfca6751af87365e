// Says which browser the tests will drive, and installs it, and the screen of the kiosk's tests, where that is possible.
import { ensureChromium } from './chromium.ts';
import { ensureTools } from './kiosk-mode.ts';

try {
  console.log(ensureChromium());
  ensureTools();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
