import { quoteText } from '../base/plainText.js';
import { pathOf, statusWords } from './facts.js';
import type { Known, KnownAnswer, Seen } from './knownAnswer.js';
import { inWords } from './serverWords.js';
import { shellFix } from './snippets/shell.js';

/** What services of AWS call what went wrong, in x-amzn-errortype. */
const kinds: readonly (readonly [type: RegExp, id: KnownAnswer['id'], why: string])[] = [
  [
    /Signature|Token|Credential|UnrecognizedClient|AuthFailure|IncompleteSignature/,
    'upgrade.unauthorized',
    'It is about the signature (Signature Version 4) or the credentials that it was made with: region, name of the service, clock, and a session token that belongs to temporary credentials must all fit.',
  ],
  [
    /AccessDenied|Forbidden|NotAuthorized/,
    'upgrade.forbidden',
    'The credentials, or the lack of them, are not let in: the signature in the query does not fit, or no policy allows this action on this resource.',
  ],
  [
    /Throttl|LimitExceeded|TooManyRequests|Quota/,
    'upgrade.rate-limited',
    'A quota of the account or of the resource is used up.',
  ],
  [
    /NotFound|Gone|UnknownOperation|UnknownResource/,
    'upgrade.not-found',
    'The resource that the address names is not there: another region, stage, name or path.',
  ],
];

const named = (seen: Seen) => quoteText(/^[A-Za-z]{3,60}/.exec(seen.header('x-amzn-errortype'))?.[0] ?? '', 60);

/** Services of AWS that take WebSockets themselves. */
export const knownAws: readonly Known[] = [
  {
    id: 'aws.iot',
    status: [403],
    headers: { 'x-amzn-errortype': /^ForbiddenException\b/ },
    body: /^\{"message":"[^"]{0,200}","traceId":"[\w-]{8,60}"\}$/,
    also: (seen) => /^\/mqtt\/?$/.test(pathOf(seen.evidence)),
    says: ({ evidence, response }) => {
      const signed = /[?&]X-Amz-Signature=/i.test(evidence.plan.url);
      return {
        id: 'upgrade.forbidden',
        title: `AWS IoT Core refused the client: ${signed ? 'the signature in the query, or who made it, is not accepted' : 'no signature was in the query'} (${statusWords(response)})`,
        why: 'AWS IoT takes MQTT over WebSocket from requests that are signed in the query (Signature Version 4 for the service iotdevicegateway), or that a custom authorizer lets in. Region, clock and the name of the endpoint must fit; a session token goes behind the signature, and is not part of it; the credentials need iot:Connect.',
        fixes: [
          shellFix(
            'Which endpoint is it, and whose are the credentials?',
            'aws iot describe-endpoint --endpoint-type iot:Data-ATS',
            'aws sts get-caller-identity',
          ),
        ],
      };
    },
  },
  {
    id: 'aws.service',
    status: [400, 401, 403, 404, 410, 429],
    headers: { 'x-amzn-errortype': /^[A-Za-z]{3,60}(?:Exception|Error|Fault)\b/ },
    says: (seen) => {
      const type = named(seen);
      const [, id, why] = kinds.find(([pattern]) => pattern.test(type)) ?? [
        '',
        'upgrade.bad-request' as const,
        'It is about the request: a parameter of the query, or the path.',
      ];
      return {
        id,
        title: `The service of AWS refused the request: ${type}${inWords(seen.response)} (${statusWords(seen.response)})`,
        why: `The header x-amzn-errortype says what it calls that. ${why}`,
        fixes: [],
      };
    },
  },
];
