import { defineMessages } from '../i18n/messages.ts';

/** The words on a ticket. */
export const ticketMessages = defineMessages({
  de: {
    ahead: '{n, plural, =0 {Niemand vor Ihnen} one {# Person vor Ihnen} other {# Personen vor Ihnen}}',
    wait: 'Wartezeit: {range}',
    soon: 'Sie sind gleich an der Reihe.',
    watch: 'Bitte achten Sie auf die Anzeige.',
    follow: 'Code scannen und mitverfolgen',
  },
  fr: {
    ahead: '{n, plural, =0 {Personne avant vous} one {# personne avant vous} other {# personnes avant vous}}',
    wait: 'Attente: {range}',
    soon: 'C’est bientôt votre tour.',
    watch: 'Veuillez suivre l’affichage.',
    follow: 'Scannez et suivez votre tour',
  },
  it: {
    ahead:
      '{n, plural, =0 {Nessuno prima di Lei} one {# persona prima di Lei} other {# persone prima di Lei}}',
    wait: 'Attesa: {range}',
    soon: 'È quasi il Suo turno.',
    watch: 'Segua lo schermo, per favore.',
    follow: 'Scansioni e segua il Suo turno',
  },
  en: {
    ahead: '{n, plural, =0 {Nobody before you} one {# person before you} other {# people before you}}',
    wait: 'Wait: {range}',
    soon: 'It is nearly your turn.',
    watch: 'Please watch the screen.',
    follow: 'Scan and follow your turn',
  },
});
