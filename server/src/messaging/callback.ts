export const CALLBACK_PATH = '/hooks/twilio/status';

/** Where the carrier reports on a message. The address names the message: a report alone settles what was unclear. */
export function callbackUrl(publicUrl: string, of: { streamId: string; messageId: string }): string {
  const query = new URLSearchParams({ location: of.streamId, message: of.messageId });
  return `${publicUrl}${CALLBACK_PATH}?${query.toString()}`;
}

export type Report = 'sent' | 'delivered' | 'undelivered' | 'failed';

/** Twilio's words for where a message stands. "sent" here means that the carrier has it. */
const REPORTS: Readonly<Record<string, Report>> = {
  accepted: 'sent',
  scheduled: 'sent',
  queued: 'sent',
  sending: 'sent',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
};

/** null for a word that says nothing about a message that went out. */
export const reportOf = (status: string): Report | null => REPORTS[status.toLowerCase()] ?? null;
