import { defineMessages } from '../i18n/messages.ts';

/** The words of the components that all apps share. */
export const uiMessages = defineMessages({
  de: {
    online: 'Verbunden',
    catchingUp: 'Wird aktualisiert',
    notLive: 'Nicht aktuell seit {since}',
    offline: 'Ohne Netz seit {since}',
    waiting: '{n, plural, one {# Eingabe wartet} other {# Eingaben warten}}',
  },
  fr: {
    online: 'Connecté',
    catchingUp: 'Mise à jour en cours',
    notLive: 'Pas à jour depuis {since}',
    offline: 'Sans réseau depuis {since}',
    waiting: '{n, plural, one {# saisie en attente} other {# saisies en attente}}',
  },
  it: {
    online: 'Connesso',
    catchingUp: 'Aggiornamento in corso',
    notLive: 'Non aggiornato dalle {since}',
    offline: 'Senza rete dalle {since}',
    waiting: '{n, plural, one {# operazione in attesa} other {# operazioni in attesa}}',
  },
  en: {
    online: 'Connected',
    catchingUp: 'Catching up',
    notLive: 'Not live since {since}',
    offline: 'Offline since {since}',
    waiting: '{n, plural, one {# action waiting} other {# actions waiting}}',
  },
});
