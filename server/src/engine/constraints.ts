import { reject, type Rejection, type RejectionCode } from '@schalter/shared/kernel/rejections.ts';

/** A value that its column does not take: no constraint has a name for that. */
export const NOT_STORABLE = 'not_storable';

/** What a broken constraint of the database means to the person whose command broke it. */
const MEANING: Readonly<Record<string, RejectionCode>> = {
  // Sent again it would be refused again: "unavailable" would keep a device trying for ever.
  [NOT_STORABLE]: 'invalidInput',
  visits_organisation_id_location_id_day_series_number_key: 'unavailable',
  stages_organisation_id_location_id_counter_id_busy_key: 'counterBusy',
  stages_organisation_id_location_id_visit_id_open_key: 'versionConflict',
  services_organisation_id_location_id_letter_key: 'letterTaken',
  counters_organisation_id_location_id_name_key: 'counterNameTaken',
  locations_organisation_id_code_key: 'codeTaken',
  people_organisation_id_email_key: 'emailTaken',
  presences_organisation_id_location_id_counter_id_key: 'counterTaken',
  reservations_organisation_id_location_id_reference_key: 'codeTaken',
  // A link that somebody else has: the device that made it is broken, or guesses.
  visits_link_token_key: 'invalidInput',
  // Two processes at one place of the journal: the lock on the stream does not allow it.
  journal_pkey: 'unavailable',
  messages_organisation_id_location_id_dedupe_key_key: 'messageNotWanted',
};

/** An id that the command made of its own names a row already: see `madeIds` in decide-batch.ts. */
const PRIMARY_KEY = /_pkey$/;

/** One that no rule foresaw is a mistake of ours: sent again, it would break again. */
export const rejectionOfConstraint = (constraint: string): Rejection =>
  reject(MEANING[constraint] ?? (PRIMARY_KEY.test(constraint) ? 'commandIdReused' : 'internal'));
