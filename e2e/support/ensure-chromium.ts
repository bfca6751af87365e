// Says which browser the tests will drive, and installs one first where that is possible.
import { ensureChromium } from './chromium.ts';

try {
  console.log(ensureChromium());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
