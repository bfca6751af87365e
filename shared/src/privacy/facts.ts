export type PrivacyFact =
  | {
      readonly type: 'privacy.erased';
      readonly visitIds: readonly string[];
      readonly reservationIds: readonly string[];
      readonly personIds: readonly string[];
    }
  | { readonly type: 'privacy.personErased'; readonly personId: string };
