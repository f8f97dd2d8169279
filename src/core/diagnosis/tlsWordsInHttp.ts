import type { Evidence } from '../base/evidence.js';
import type { ResponseInfo } from '../base/model.js';
import { readableText } from './facts.js';
import type { FindingId } from './findingIds.js';

const words: readonly (readonly [pattern: RegExp, id: FindingId])[] = [
  [
    /no required ssl certificate was sent|\bclient cert(ificate)?s? (chain )?(is |was |are )?(required|missing|not (sent|found|provided|presented))|\b(no|missing|requires?|present|provide) (an? |the |valid )*client cert|\b403\.7\b/i,
    'tls.client-certificate-required',
  ],
  [
    /the ssl certificate error|client certificate (is |was )?(invalid|not valid|expired|revoked|not trusted)|\b403\.(13|16|17)\b/i,
    'tls.client-certificate-refused',
  ],
  [/unknown alpn protocol/i, 'tls.alpn'],
];

/** What nginx has inside, and shows where an error_page passes it on. */
const ofNginx: Readonly<Record<number, FindingId | undefined>> = {
  495: 'tls.client-certificate-refused',
  496: 'tls.client-certificate-required',
};

/** What a server that let TLS come about says of it in HTTP; undefined where it says nothing of TLS. */
export function tlsWordsInHttp(response: ResponseInfo, { secure }: Evidence): FindingId | undefined {
  if (!secure || response.status < 400 || response.status > 499) return undefined;
  return ofNginx[response.status] ?? words.find(([pattern]) => pattern.test(readableText(response)))?.[1];
}
