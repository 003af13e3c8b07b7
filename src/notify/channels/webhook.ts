/** Our own incident document by POST, signed where a key is given. */
import {createHmac} from 'node:crypto';
import {authorization, json, type Format} from './format.js';
import {documentOf} from './incident-document.js';

/** `sha256=` and the HMAC of the body's bytes in hexadecimal, as GitHub signs its web hooks. */
export const SIGNATURE = 'x-frigate-health-signature-256';

export const signatureOf = (key: string, body: string): string =>
  `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;

export const webhook: Format = (notice, settings) => {
  const document = documentOf(notice);
  const message = json(settings.url, document, {...authorization(settings), 'idempotency-key': document.key});
  const key = settings.options.get('hmac-key');
  return key === undefined
    ? message
    : {...message, headers: {...message.headers, [SIGNATURE]: signatureOf(key, message.body)}};
};
