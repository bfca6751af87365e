export type BookingFact =
  | { readonly type: 'booking.reservationRecorded'; readonly reservationId: string }
  | {
      readonly type: 'booking.reservationCheckedIn';
      readonly reservationId: string;
      readonly visitId: string;
    };
