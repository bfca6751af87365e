import type { Sentences } from './screen.ts';
import type { LaterScreens, PhoneNumbers, QrComponent } from './view.ts';

/**
 * What the first screen does not need, fetched once it stands: sentences for refusals, the world's numbering
 * plans, the QR encoder. Afterwards they are there without a network too.
 */
export class Extras {
  sentences = $state.raw<Sentences | null>(null);
  numbers = $state.raw<PhoneNumbers | null>(null);
  screens = $state.raw<LaterScreens | null>(null);
  Qr = $state.raw<QrComponent | null>(null);

  /** At once: the second touch may come soon. */
  loadScreens(): void {
    if (this.screens !== null) return;
    void import('./later-screens.ts').then(
      (module) => (this.screens = module),
      () => undefined,
    );
  }

  /** Again and again, until all is there: a request may have met a gap in the network. */
  load(): void {
    const lost = (): undefined => undefined;
    this.loadScreens();
    if (this.Qr === null) {
      void import('@schalter/shared/ui/Qr.svelte').then((module) => (this.Qr = module.default), lost);
    }
    if (this.numbers === null)
      void import('../phone-number.ts').then((module) => (this.numbers = module), lost);
    if (this.sentences === null) {
      void import('@schalter/shared/i18n/rejections.ts').then(
        ({ rejectionMessages }) => (this.sentences = rejectionMessages),
        lost,
      );
    }
  }
}
