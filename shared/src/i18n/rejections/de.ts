import type { RejectionCode } from '../../kernel/rejections.ts';

export const de: Readonly<Record<RejectionCode, string>> = {
  invalidInput: 'Eine Angabe ist ungültig. Bitte prüfen Sie die Eingabe.',
  notFound: 'Diese Adresse gibt es nicht. Bitte prüfen Sie sie.',
  unknownCommand: 'Diese Aktion ist hier nicht bekannt. Bitte laden Sie die Seite neu.',
  unknownStream: 'Dieser Standort wurde nicht gefunden. Bitte melden Sie sich neu an.',
  unknownLocation: 'Diesen Standort gibt es nicht. Bitte prüfen Sie die Adresse.',
  commandIdReused:
    'Diese Aktion wurde schon mit anderem Inhalt gesendet. Bitte führen Sie sie noch einmal aus.',
  commandExpired:
    'Die Aktion kam zu spät an und wurde nicht ausgeführt. Bitte wiederholen Sie sie, falls sie noch nötig ist.',
  methodNotAllowed: 'Das geht unter dieser Adresse nicht.',
  tooLarge: 'Die Eingabe ist zu lang. Bitte kürzen Sie sie.',
  rateLimited: 'Das waren zu viele Versuche. Bitte warten Sie einen Moment.',
  protocolTooOld:
    'Diese Seite ist veraltet. Bitte laden Sie sie neu. Was noch nicht gesendet ist, bleibt erhalten.',
  serverTooOld:
    'Der Server ist noch älter als dieses Gerät. Versuchen Sie es in ein paar Minuten noch einmal.',
  notKept:
    'Nicht gespeichert, und ohne Verbindung ginge es verloren. Schaffen Sie Platz und geben Sie es noch einmal ein.',
  unavailable: 'Das geht im Moment nicht. Bitte versuchen Sie es gleich noch einmal.',
  internal:
    'Bei uns ist ein Fehler aufgetreten; es wurde nichts geändert. Bitte versuchen Sie es noch einmal.',
  notSignedIn: 'Sie sind nicht angemeldet. Bitte melden Sie sich an.',
  notPermitted: 'Dafür haben Sie keine Berechtigung. Bitte fragen Sie die Schichtleitung.',
  proofRequired: 'Dafür müssen Sie bestätigen, dass Sie es sind. Bitte versuchen Sie es noch einmal.',
  wrongPassword: 'E-Mail oder Passwort stimmt nicht. Bitte versuchen Sie es noch einmal.',
  secondFactorRequired: 'Zum Passwort braucht es den Code Ihrer App.',
  wrongCode: 'Der Code ist falsch oder schon gebraucht. Bitte nehmen Sie den nächsten.',
  secondFactorOn: 'Der zweite Faktor ist schon eingeschaltet.',
  passkeyWrong:
    'Dieser Passkey wurde nicht angenommen. Bitte versuchen Sie es noch einmal oder nehmen Sie das Passwort.',
  wrongPin: 'Die PIN stimmt nicht. Bitte versuchen Sie es noch einmal.',
  pinLocked: 'Die PIN ist nach zu vielen Versuchen gesperrt. Bitte melden Sie sich mit dem Passwort an.',
  pinTaken: 'Diese PIN ist nicht frei. Bitte wählen Sie eine andere.',
  pinTooSimple: 'Diese PIN ist zu leicht zu erraten. Bitte wählen Sie eine andere.',
  passwordTooShort: 'Das Passwort ist zu kurz. Bitte wählen Sie ein längeres.',
  linkDead: 'Dieser Link gilt nicht mehr. Bitte fordern Sie einen neuen an.',
  passwordTooEasy:
    'Dieses Passwort ist leicht zu erraten: häufig, oder aus bekannten Namen. Bitte wählen Sie ein anderes.',
  deviceRevoked: 'Dieses Gerät wurde abgemeldet. Bitte koppeln Sie es neu.',
  pairingCodeUnknown: 'Dieser Code ist nicht bekannt. Bitte prüfen Sie ihn am Gerät.',
  pairingCodeExpired: 'Dieser Code ist abgelaufen. Bitte nehmen Sie den neuen, den das Gerät zeigt.',
  personUnknown: 'Diese Person gibt es nicht mehr. Bitte wählen Sie eine andere.',
  lastOwner: 'Jemand muss Inhaber oder Inhaberin bleiben. Bitte ernennen Sie zuerst eine andere Person.',
  roleUnknown: 'Diese Rolle gibt es nicht mehr.',
  roleNameTaken: 'So heisst schon eine andere Rolle.',
  roleCycle: 'Diese Rolle würde sich selbst enthalten.',
  roleInUse: 'Diese Rolle ist noch vergeben oder Teil einer anderen. Bitte entziehen Sie sie zuerst.',
  emailTaken: 'Diese E-Mail-Adresse gehört schon zu einer anderen Person. Bitte wählen Sie eine andere.',
  deviceUnknown: 'Dieses Gerät ist nicht bekannt. Bitte koppeln Sie es neu.',
  serviceUnknown: 'Diese Dienstleistung gibt es nicht mehr. Bitte wählen Sie eine andere.',
  serviceInUse:
    'Für diese Dienstleistung warten noch Personen. Bitte bedienen oder verschieben Sie diese zuerst.',
  letterTaken: 'Diesen Buchstaben hat schon eine andere Dienstleistung. Bitte wählen Sie einen freien.',
  counterUnknown: 'Diesen Schalter gibt es nicht mehr. Bitte wählen Sie einen anderen.',
  counterNameTaken: 'Ein anderer Schalter heisst schon so. Bitte wählen Sie einen anderen Namen.',
  counterTaken:
    'An diesem Schalter arbeitet schon jemand. Wählen Sie einen anderen, oder übernehmen Sie ihn.',
  counterInactive: 'Dieser Schalter ist ausser Betrieb. Bitte wählen Sie einen anderen.',
  hoursInvalid: 'Diese Öffnungszeiten überschneiden sich oder enden vor ihrem Beginn. Bitte prüfen Sie sie.',
  codeTaken: 'Dieses Kürzel hat schon ein anderer Standort. Bitte wählen Sie ein anderes.',
  timeZoneUnknown: 'Diese Zeitzone ist nicht bekannt. Bitte wählen Sie eine aus der Liste.',
  notSignedOn: 'Sie arbeiten gerade an keinem Schalter. Bitte wählen Sie zuerst einen.',
  counterBusy: 'An diesem Schalter ist noch jemand. Bitte schliessen Sie zuerst ab.',
  queueEmpty: 'Es wartet niemand, den dieser Schalter bedienen kann.',
  onlyEarlyBookings:
    'Es warten nur Reservierungen, deren Zeit noch nicht da ist. Rufen Sie eine davon einzeln auf.',
  stageUnknown: 'Dieses Ticket ist nicht mehr offen. Die Liste zeigt den neuen Stand.',
  visitUnknown: 'Dieses Ticket gibt es nicht mehr. Bitte ziehen Sie eine neue Nummer.',
  illegalMove:
    'Das geht bei diesem Ticket nicht mehr, sein Stand hat sich geändert. Die Anzeige ist jetzt aktuell.',
  versionConflict: 'Jemand anderes hat dieses Ticket gerade geändert. Bitte sehen Sie es noch einmal an.',
  notYours: 'Dieses Ticket ist bei einem anderen Schalter. Bitte sprechen Sie sich ab.',
  keptForAway:
    'Ein Schalter ohne Netz ruft diese Nummer vielleicht selbst auf. Geben Sie zuerst seinen Anteil frei.',
  locationClosed: 'Wir haben im Moment geschlossen. Die Öffnungszeiten stehen am Eingang.',
  serviceClosed:
    'Diese Dienstleistung ist im Moment geschlossen. Bitte wählen Sie eine andere, oder kommen Sie später wieder.',
  queueFull: 'Es warten schon zu viele Personen. Bitte versuchen Sie es später, oder fragen Sie am Schalter.',
  closesBeforeTurn:
    'Wir schliessen, bevor Sie an der Reihe wären. Bitte kommen Sie am nächsten offenen Tag wieder.',
  undoExpired:
    'Zehn Sekunden sind vorbei, Rückgängig geht nicht mehr. Sie können das Ticket aus der Liste neu öffnen.',
  tooManyDelays: 'Mehr Aufschub ist nicht möglich. Sie behalten Ihren jetzigen Platz.',
  tooEarlyForNoShow:
    'Der Aufruf ist noch zu frisch. Bitte warten Sie einen Moment, oder rufen Sie noch einmal auf.',
  notSameDay: 'Dieses Ticket ist von einem anderen Tag. Bitte ziehen Sie eine neue Nummer.',
  transferNowhere: 'Niemand dort kann diese Dienstleistung bedienen. Bitte wählen Sie ein anderes Ziel.',
  phoneJoinOff:
    'An diesem Standort können Sie nicht mit dem Telefon anstehen. Bitte ziehen Sie eine Nummer am Eingang.',
  arrivalCodeWrong:
    'Dieser Code stimmt nicht oder ist abgelaufen. Bitte nehmen Sie den, der jetzt auf der Anzeige steht.',
  callUnknown: 'Dieser Aufruf ist nicht mehr auf der Anzeige.',
  dayNotOver: 'Der Geschäftstag ist noch nicht zu Ende. Bitte schliessen Sie ihn nach dem Tageswechsel ab.',
  numbersExhausted: 'Heute gibt es keine Nummern mehr auf Vorrat. Ohne Server kann dieser Kiosk keine geben.',
  phoneInvalid: 'Diese Telefonnummer stimmt nicht. Bitte prüfen Sie die Ziffern.',
  phoneNotMobile: 'An diese Nummer können wir keine SMS senden. Bitte geben Sie eine Mobilnummer ein.',
  phoneCountryNotAllowed: 'In dieses Land senden wir keine SMS. Ihre Nummer wird auf der Anzeige aufgerufen.',
  consentMissing:
    'Ohne Ihre Zustimmung senden wir keine SMS. Bitte stimmen Sie zu, oder fahren Sie ohne SMS fort.',
  messageUnknown: 'Diese Nachricht gibt es nicht mehr.',
  messageNotWanted:
    'Diese Nachricht wird nicht mehr gesendet, der Kunde möchte keine oder ist schon bedient.',
  messageLimitReached: 'Heute gehen an diese Nummer keine weiteren SMS. Bitte folgen Sie der Anzeige.',
  reservationUnknown:
    'Zu Nummer und Name finden wir keine Reservierung. Bitte prüfen Sie beides, oder fragen Sie am Schalter.',
  reservationCheckedIn:
    'Zu dieser Reservierung gibt es schon eine Nummer. Bitte warten Sie auf deren Aufruf.',
  reservationOtherDay: 'Diese Reservierung ist für einen anderen Tag. Bitte fragen Sie am Schalter.',
};
