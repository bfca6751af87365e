import express, { Router } from 'express';
import { z } from 'zod';
import { Id } from '@schalter/shared/kernel/ids.ts';
import type { Sms } from '../ports/sms.ts';
import { idFor } from '../queue/day-end.ts';
import { parse, submit, type Parts } from '../transport/caller.ts';
import { handle } from '../transport/problem.ts';
import { CALLBACK_PATH, reportOf } from './callback.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';

/** A report is a dozen short fields; Twilio adds some now and then. */
const REPORT_BYTES_MAX = 8 * 1024;

const Query = z.object({ location: Id, message: Id });
const Body = z.object({
  MessageSid: z.string().regex(/^(SM|MM)[0-9a-f]{32}$/i),
  MessageStatus: z.string().max(40),
  ErrorCode: z.string().max(20).optional(),
});

/** Where Twilio reports what became of a message. Mounted at the root, before the body parser of the API. */
export function messagingRoutes({
  sms,
  ...parts
}: Pick<Parts, 'engine' | 'clock' | 'publicUrl'> & { readonly sms: Sms }): Router {
  const router = Router();
  router.post(
    CALLBACK_PATH,
    express.urlencoded({ extended: false, limit: REPORT_BYTES_MAX }),
    handle(async (request, response) => {
      const params = (request.body ?? {}) as Record<string, string>;
      // By the configured address: behind a proxy the Host header is not the one that was signed.
      const url = `${parts.publicUrl()}${request.originalUrl}`;
      const signature = request.get('x-twilio-signature') ?? '';
      if (!sms.verifyCallback({ url, params, signature })) return reject('notPermitted');
      const query = parse(Query, request.query);
      const body = parse(Body, params);
      if (!query.ok) return query;
      if (!body.ok) return body;
      const { MessageSid: providerId, MessageStatus, ErrorCode } = body.data;
      const status = reportOf(MessageStatus);
      if (status !== null) {
        const { location: streamId, message: messageId } = query.data;
        const answer = await submit(parts, {
          streamId,
          type: 'messaging.recordStatus',
          input: { messageId, providerId, status, errorCode: ErrorCode ?? null },
          actor: { kind: 'system' },
          // The same report twice is the same command.
          commandId: idFor('messaging.recordStatus', messageId, providerId, status, ErrorCode ?? ''),
        });
        if (!answer.ok && answer.code === 'unavailable') return answer;
      }
      response.status(204).end();
      return undefined;
    }),
  );
  return router;
}
