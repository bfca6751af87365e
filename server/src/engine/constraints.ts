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
  messages_organisation_id_location_id_dedupe_key_key: 'messageNotWanted',
};

export const rejectionOfConstraint = (constraint: string): Rejection =>
  reject(MEANING[constraint] ?? 'unavailable');
