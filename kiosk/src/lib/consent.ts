import type { Language } from '@schalter/shared/kernel/text.ts';

/**
 * The id of the sentence below. It is stored with the consent, so it changes whenever a word of the sentence
 * does, and the old sentence stays in docs/decisions/consent-wordings.md.
 */
export const CONSENT_WORDING = 'ticket-sms-1';

/** The sentence above "yes, send": what for, how long, how to stop. */
export const CONSENT: Readonly<Record<Language, string>> = {
  de: 'Ich bin einverstanden: Sie senden mir an diese Nummer eine SMS, wenn ich bald an der Reihe bin und wenn ich aufgerufen werde. Am Ende des Tages wird die Nummer gelöscht. Abbestellen kann ich jederzeit über den Link in der SMS.',
  fr: 'J’accepte de recevoir à ce numéro un SMS lorsque mon tour approche et lorsqu’on m’appelle. À la fin de la journée, le numéro est effacé. Je peux y renoncer à tout moment par le lien dans le SMS.',
  it: 'Accetto di ricevere a questo numero un SMS quando il mio turno si avvicina e quando vengo chiamato. A fine giornata il numero viene cancellato. Posso rinunciare in ogni momento con il link nell’SMS.',
  en: 'I agree: you send a text message to this number when my turn is near and when I am called. At the end of the day the number is deleted. I can stop at any time through the link in the message.',
};

/** A mobile number with the sentence that its owner has agreed to. Kept nowhere but on the way to the server. */
export interface Contact {
  readonly phone: string;
  readonly consentWording: string;
}
