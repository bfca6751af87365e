/**
 * What asks for a fresh proof that it is the person and not whoever found the screen open: commands by their type (each
 * says so in the registry), and routes by a name of their own (each says so where it is declared).
 */
export const PROOF_ACTIONS = [
  'platform.setSignInPolicy',
  'platform.setPerson',
  'platform.setAssignment',
  'platform.setGrant',
  'platform.setRole',
  'platform.archiveRole',
  'privacy.erase',
  'privacy.erasePerson',
  'credentials.set',
  'person.invite',
  'mail.read',
  'secondFactor.set',
  'secondFactor.remove',
  'secondFactor.reset',
  'passkey.add',
  'passkey.remove',
  'person.export',
  'audit.export',
] as const;
export type ProofAction = (typeof PROOF_ACTIONS)[number];

/** What is proved: this action, on this target; once, and soon. */
export interface Elevation {
  readonly action: ProofAction;
  /** Whom or what it is done to, by id; empty where the action has but one target. */
  readonly target: string;
}

/** As long as somebody needs to press once more; whoever comes by afterwards finds nothing that is good. */
export const PROOF_S = 60;
/** Ids of a whole day that is erased. */
export const PROOF_TARGET_MAX = 8_000;
