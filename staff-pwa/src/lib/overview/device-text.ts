import { t } from '../texts.svelte.ts';
import type { DeviceProblem } from './devices.ts';

export function problemText(problem: DeviceProblem): string {
  switch (problem) {
    case 'disconnected':
      return t('problemDisconnected');
    case 'paperOut':
      return t('problemPaperOut');
    case 'coverOpen':
      return t('problemCoverOpen');
    case 'printerOffline':
      return t('problemPrinterOffline');
    case 'printerGone':
      return t('problemPrinterGone');
    case 'soundLocked':
      return t('problemSoundLocked');
    case 'soundOff':
      return t('problemSoundOff');
  }
}
