import type { Work } from '../wiring/work.svelte.ts';
import type { SetUp } from './setup.ts';

export const setUpOf = (work: Work): SetUp => ({
  live: work.state.live,
  now: work.now,
  timeZone: work.location.timeZone,
  online: work.online,
  profile: work.profile,
  locationId: work.location.id,
  connectedIds: work.state.signals.devices?.connected ?? null,
  organisation: work.organisation,
  submit: work.submit,
  submitForOrganisation: work.submitForOrganisation,
});
