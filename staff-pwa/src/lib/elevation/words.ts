import type { Language } from '@schalter/shared/kernel/text.ts';
import type { ProofAction } from '@schalter/shared/platform/proof.ts';

/** What is about to be done, for the dialog that asks for a proof; a missing one does not compile. */
export const ABOUT: Readonly<Record<Language, Readonly<Record<ProofAction, string>>>> = {
  de: {
    'platform.setPerson': 'Die Angaben und Rechte einer Person werden geändert.',
    'platform.setAssignment': 'Eine Person erhält oder verliert eine Rolle.',
    'platform.setGrant': 'Eine Ausnahme für eine Person wird geändert.',
    'platform.setRole': 'Die Rechte einer Rolle werden geändert.',
    'platform.archiveRole': 'Eine Rolle wird entfernt.',
    'privacy.erase': 'Was über Personen gespeichert ist, wird endgültig gelöscht.',
    'privacy.erasePerson': 'Eine Person wird endgültig gelöscht.',
    'credentials.set': 'Das Passwort oder die PIN einer Person wird gesetzt.',
    'secondFactor.set': 'Der zweite Faktor Ihres Kontos wird geändert.',
    'secondFactor.remove': 'Der zweite Faktor Ihres Kontos wird ausgeschaltet.',
    'secondFactor.reset':
      'Der zweite Faktor einer anderen Person wird entfernt. Bitte vergewissern Sie sich, dass sie es ist.',
    'person.export': 'Was über eine Person gespeichert ist, wird heruntergeladen.',
    'audit.export': 'Das Protokoll wird heruntergeladen.',
  },
  fr: {
    'platform.setPerson': 'Les données et les droits d’une personne vont être modifiés.',
    'platform.setAssignment': 'Une personne va recevoir ou perdre un rôle.',
    'platform.setGrant': 'Une exception pour une personne va être modifiée.',
    'platform.setRole': 'Les droits d’un rôle vont être modifiés.',
    'platform.archiveRole': 'Un rôle va être supprimé.',
    'privacy.erase': 'Les données enregistrées sur des personnes vont être effacées définitivement.',
    'privacy.erasePerson': 'Une personne va être effacée définitivement.',
    'credentials.set': 'Le mot de passe ou le code PIN d’une personne va être défini.',
    'secondFactor.set': 'Le second facteur de votre compte va être modifié.',
    'secondFactor.remove': 'Le second facteur de votre compte va être désactivé.',
    'secondFactor.reset':
      'Le second facteur d’une autre personne va être supprimé. Assurez-vous que c’est bien elle qui le demande.',
    'person.export': 'Les données enregistrées sur une personne vont être téléchargées.',
    'audit.export': 'Le journal va être téléchargé.',
  },
  it: {
    'platform.setPerson': 'I dati e i diritti di una persona verranno modificati.',
    'platform.setAssignment': 'Una persona riceverà o perderà un ruolo.',
    'platform.setGrant': 'Un’eccezione per una persona verrà modificata.',
    'platform.setRole': 'I diritti di un ruolo verranno modificati.',
    'platform.archiveRole': 'Un ruolo verrà rimosso.',
    'privacy.erase': 'I dati conservati su delle persone verranno cancellati definitivamente.',
    'privacy.erasePerson': 'Una persona verrà cancellata definitivamente.',
    'credentials.set': 'La password o il PIN di una persona verrà impostato.',
    'secondFactor.set': 'Il secondo fattore del suo account verrà modificato.',
    'secondFactor.remove': 'Il secondo fattore del suo account verrà disattivato.',
    'secondFactor.reset':
      'Il secondo fattore di un’altra persona verrà rimosso. Si accerti che sia lei a chiederlo.',
    'person.export': 'I dati conservati su una persona verranno scaricati.',
    'audit.export': 'Il registro verrà scaricato.',
  },
  en: {
    'platform.setPerson': 'You are about to change a person’s details and rights.',
    'platform.setAssignment': 'You are about to give a person a role, or to take one back.',
    'platform.setGrant': 'You are about to change an exception for a person.',
    'platform.setRole': 'You are about to change what a role may do.',
    'platform.archiveRole': 'You are about to remove a role.',
    'privacy.erase': 'You are about to erase for good what is held on people.',
    'privacy.erasePerson': 'You are about to erase a person for good.',
    'credentials.set': 'You are about to set a person’s password or PIN.',
    'secondFactor.set': 'You are about to change the second factor of your account.',
    'secondFactor.remove': 'You are about to turn off the second factor of your account.',
    'secondFactor.reset':
      'You are about to remove somebody’s second factor. Please make sure that it is they who ask.',
    'person.export': 'You are about to download what is held on a person.',
    'audit.export': 'You are about to download the audit log.',
  },
};
