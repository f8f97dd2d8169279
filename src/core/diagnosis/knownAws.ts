import { quoteText } from '../base/plainText.js';
import { readReason } from '../close/reasonText.js';
import { pathOf, statusWords } from './facts.js';
import type { Known, KnownAnswer, Seen } from './knownAnswer.js';
import { inWords, serverWords } from './serverWords.js';
import { shellFix, textFix } from './snippets/shell.js';

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

const listenerRules = shellFix(
  'Which rules has the listener?',
  'aws elbv2 describe-rules --listener-arn "$LISTENER_ARN"',
);
const targetHealth = shellFix(
  'Which targets are there, and why are they not used?',
  'aws elbv2 describe-target-health --target-group-arn "$TARGETS_ARN"',
);

/** What the balancer of AWS means by what it answers itself. */
const albAnswers: Readonly<Record<number, readonly [id: KnownAnswer['id'], says: string, why: string]>> = {
  400: [
    'upgrade.bad-request',
    'finds the request malformed',
    'A header that breaks the grammar of HTTP, or plain HTTP to a listener for TLS.',
  ],
  403: [
    'upgrade.forbidden',
    'refuses the request itself',
    'A web ACL of AWS WAF blocks it, or a rule of the listener answers so.',
  ],
  404: [
    'upgrade.not-found',
    'has no rule that passes this host and path on',
    'A fixed response of the listener answered, most often that of its default rule.',
  ],
  502: [
    'upgrade.unavailable',
    'got no valid answer from its target',
    'The target refused or reset the connection, closed it before it had answered, or the TLS with it failed; a keep-alive of the target shorter than the idle timeout does so now and then.',
  ],
  503: [
    'upgrade.unavailable',
    'has no target that it may use',
    'The target group has no registered targets, or all are in an unused state, as in a zone that is not enabled.',
  ],
  504: [
    'upgrade.gateway-timeout',
    'could not connect to its target, or waited for its answer in vain',
    'A security group or network ACL that lets the balancer not through to the port of the target is the usual reason where the answer comes after 10 s; a handler that does not answer the upgrade, where it comes with the idle timeout.',
  ],
};

/** Services of AWS that take WebSockets themselves, and the balancer before others. */
export const knownAws: readonly Known[] = [
  {
    id: 'aws.iot',
    status: [403],
    headers: { 'x-amzn-errortype': /^ForbiddenException\b/ },
    body: /^\{"message":"[^"]{0,200}","traceId":"[\w-]{8,60}"\}$/,
    also: (seen) => /^\/mqtt\/?$/.test(pathOf(seen.evidence)),
    says: ({ evidence, response }) => {
      const signed = /[?&]X-Amz-Signature=/i.test(evidence.plan.url);
      const told = readReason(serverWords(response) ?? '');
      return {
        id: 'upgrade.forbidden',
        title: `AWS IoT Core refused the client: ${signed ? 'the signature in the query, or who made it, is not accepted' : 'no signature was in the query'}${inWords(response)} (${statusWords(response)})`,
        why: 'AWS IoT takes MQTT over WebSocket from requests that are signed in the query (Signature Version 4 for the service iotdevicegateway), or that a custom authorizer lets in. Region, clock and the name of the endpoint must fit, and Host must be signed as it is sent, with or without its port; a session token goes behind the signature, and is not part of it; the credentials need iot:Connect.',
        fixes: [
          // A clock is cured at the clock.
          told?.kind === 'expired'
            ? textFix('What to do', told.action)
            : shellFix(
                'Which endpoint is it, and whose are the credentials?',
                'aws iot describe-endpoint --endpoint-type iot:Data-ATS',
                'aws sts get-caller-identity',
              ),
        ],
      };
    },
  },
  {
    id: 'aws.appsync',
    status: [400, 401, 403],
    headers: { 'x-amzn-errortype': /^[A-Z]\w{2,60}(Exception|Error)\b/ },
    also: ({ evidence }) => /\/(graphql|event)(\/|$)/.test(pathOf(evidence)),
    says: (seen) => ({
      id: 'upgrade.unauthorized',
      title: `AWS AppSync refused the client: ${quoteText(seen.header('x-amzn-errortype'), 60)}${inWords(seen.response)} (${statusWords(seen.response)})`,
      why: 'AppSync takes real-time connections at the name with "appsync-realtime-api", offers of the subprotocol graphql-ws, and looks for the credentials as base64 of JSON in the query ("header") or in a second subprotocol ("header-…"). An Authorization header alone is not looked at.',
      fixes: [],
    }),
  },
  {
    id: 'aws.api-gateway.connect',
    status: [500, 502],
    body: /^\{"message":\s*"Internal server error",\s*"connectionId":/,
    says: (seen) => ({
      id: 'upgrade.server-error',
      title: `AWS API Gateway could not run the $connect route: ${statusWords(seen.response)}, "Internal server error"`,
      why: 'The stage and the route are there. The integration behind $connect failed: the function threw, answered in another form than { statusCode: 200 }, ran out of time, or API Gateway may not invoke it.',
      fixes: [
        { title: 'The function behind $connect', language: 'javascript', snippet: 'return { statusCode: 200 };' },
      ],
    }),
  },
  {
    id: 'aws.api-gateway.authorizer',
    status: [401],
    headers: { 'x-amzn-errortype': /^UnauthorizedException\b/ },
    body: /^\{"message":\s*"[^"]{0,100}",\s*"connectionId":/,
    says: (seen) => ({
      id: 'upgrade.unauthorized',
      title: `AWS API Gateway refused the client before it asked the authorizer of $connect: ${statusWords(seen.response)}`,
      why: 'It answers so where a header or a parameter of the query is missing that the identity sources of the authorizer name, and where the authorizer throws "Unauthorized". Identity sources that browsers can serve are parameters of the query (route.request.querystring.…).',
      fixes: [
        textFix(
          'What to do',
          'Send every header and parameter that the identity sources of the authorizer name, with their names in the same case.',
        ),
      ],
    }),
  },
  {
    id: 'aws.alb',
    status: [400, 403, 404, 502, 503, 504],
    headers: { server: /^awselb\/2\.0$/i },
    says: (seen) => {
      const { status } = seen.response;
      const [id, says, why] = albAnswers[status] ?? albAnswers[502]!;
      return {
        id,
        layer: 'proxy',
        title: `The AWS load balancer ${says}: ${statusWords(seen.response)}`,
        why: `${why} The answer is the balancer's own: those of targets keep their own Server header.`,
        fixes: status === 400 ? [] : [status < 500 ? listenerRules : targetHealth],
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
