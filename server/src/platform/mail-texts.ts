import type { Language } from '@schalter/shared/kernel/text.ts';
import type { MailPurpose } from './link-store.ts';

interface Filled {
  readonly name: string;
  readonly organisation: string;
  /** Empty where there is nothing to open. */
  readonly link: string;
}
interface MailText {
  readonly subject: (filled: Filled) => string;
  readonly text: (filled: Filled) => string;
}

const lines = (...all: readonly string[]): string => `${all.join('\n\n')}\n`;

/** What stands in an e-mail about a sign-in; nobody is asked for a password by e-mail. */
export const MAIL_TEXTS: Readonly<Record<MailPurpose, Readonly<Record<Language, MailText>>>> = {
  reset: {
    de: {
      subject: () => 'Schalter: neues Passwort',
      text: ({ name, link }) =>
        lines(
          `Guten Tag ${name}`,
          'Mit diesem Link setzen Sie ein neues Passwort. Er gilt 30 Minuten und einmal:',
          link,
          'Sie haben keines verlangt? Dann brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.',
        ),
    },
    fr: {
      subject: () => 'Schalter : nouveau mot de passe',
      text: ({ name, link }) =>
        lines(
          `Bonjour ${name}`,
          'Ce lien vous permet de choisir un nouveau mot de passe. Il est valable 30 minutes, une seule fois :',
          link,
          'Vous n’avez rien demandé ? Alors il n’y a rien à faire : votre mot de passe reste le même.',
        ),
    },
    it: {
      subject: () => 'Schalter: nuova password',
      text: ({ name, link }) =>
        lines(
          `Buongiorno ${name}`,
          'Con questo link sceglie una nuova password. Vale 30 minuti e una volta sola:',
          link,
          'Non l’ha chiesta Lei? Allora non deve fare nulla: la Sua password resta com’è.',
        ),
    },
    en: {
      subject: () => 'Schalter: new password',
      text: ({ name, link }) =>
        lines(
          `Hello ${name}`,
          'With this link you set a new password. It works for 30 minutes, and once:',
          link,
          'You did not ask for it? Then there is nothing to do: your password stays as it is.',
        ),
    },
  },
  invitation: {
    de: {
      subject: ({ organisation }) => `${organisation}: Ihr Zugang zu Schalter`,
      text: ({ name, organisation, link }) =>
        lines(
          `Guten Tag ${name}`,
          `${organisation} hat Ihnen einen Zugang zu Schalter eingerichtet. Setzen Sie hier Ihr Passwort; der Link gilt sieben Tage und einmal:`,
          link,
        ),
    },
    fr: {
      subject: ({ organisation }) => `${organisation} : votre accès à Schalter`,
      text: ({ name, organisation, link }) =>
        lines(
          `Bonjour ${name}`,
          `${organisation} vous a ouvert un accès à Schalter. Choisissez ici votre mot de passe ; le lien est valable sept jours, une seule fois :`,
          link,
        ),
    },
    it: {
      subject: ({ organisation }) => `${organisation}: il Suo accesso a Schalter`,
      text: ({ name, organisation, link }) =>
        lines(
          `Buongiorno ${name}`,
          `${organisation} Le ha aperto un accesso a Schalter. Scelga qui la Sua password; il link vale sette giorni e una volta sola:`,
          link,
        ),
    },
    en: {
      subject: ({ organisation }) => `${organisation}: your access to Schalter`,
      text: ({ name, organisation, link }) =>
        lines(
          `Hello ${name}`,
          `${organisation} has given you access to Schalter. Set your password here; the link works for seven days, and once:`,
          link,
        ),
    },
  },
  password_changed: {
    de: {
      subject: () => 'Schalter: Ihr Passwort wurde geändert',
      text: ({ name }) =>
        lines(
          `Guten Tag ${name}`,
          'Ihr Passwort für Schalter wurde eben geändert; alle anderen Anmeldungen sind beendet.',
          'Waren Sie das nicht? Dann verlangen Sie auf der Anmeldeseite ein neues Passwort und sagen Sie es der Person, die Schalter bei Ihnen betreut.',
        ),
    },
    fr: {
      subject: () => 'Schalter : votre mot de passe a été changé',
      text: ({ name }) =>
        lines(
          `Bonjour ${name}`,
          'Votre mot de passe pour Schalter vient d’être changé ; toutes les autres sessions sont terminées.',
          'Ce n’était pas vous ? Demandez un nouveau mot de passe sur la page de connexion et avertissez la personne responsable de Schalter chez vous.',
        ),
    },
    it: {
      subject: () => 'Schalter: la Sua password è stata cambiata',
      text: ({ name }) =>
        lines(
          `Buongiorno ${name}`,
          'La Sua password per Schalter è appena stata cambiata; tutti gli altri accessi sono terminati.',
          'Non è stato Lei? Chieda una nuova password nella pagina di accesso e avvisi chi si occupa di Schalter da voi.',
        ),
    },
    en: {
      subject: () => 'Schalter: your password was changed',
      text: ({ name }) =>
        lines(
          `Hello ${name}`,
          'Your password for Schalter has just been changed; all other sessions have ended.',
          'That was not you? Ask for a new password on the sign-in page, and tell whoever looks after Schalter in your house.',
        ),
    },
  },
};
