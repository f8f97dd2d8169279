import { quoteText } from '../base/plainText.js';
import { hostPort, pathOf, statusWords } from './facts.js';
import type { Known, KnownAnswer, Seen } from './knownAnswer.js';
import { serverWords } from './serverWords.js';
import { profileFix } from './snippets/profile.js';
import { shellFix, textFix } from './snippets/shell.js';

const blocked = (who: string, { response }: Seen): KnownAnswer => ({
  id: 'upgrade.forbidden',
  layer: 'proxy',
  title: `${who} in front of the server wants to see a browser, and asks it to prove that: ${statusWords(response)}`,
  why: 'The request never reached the server. Only a browser can solve what is asked, so no credential and no other path helps: exempt the path or this client from the rule.',
  fixes: [
    textFix(
      `${who}: exempt the WebSocket`,
      'Add a rule before the challenge that lets the path of the WebSocket pass.',
    ),
  ],
});

const noSite = (who: string, { evidence, response }: Seen): KnownAnswer => ({
  id: 'upgrade.not-found',
  title: `${who} knows no site or service at ${quoteText(evidence.host, 100)}: ${statusWords(response)}`,
  why: `${who} gave this answer itself: the name belongs to no deployment, or to one that is gone. The path has nothing to do with it.`,
  fixes: [],
});

const unavailable = (title: string, why: string, fixes: KnownAnswer['fixes'] = []): KnownAnswer => ({
  id: 'upgrade.unavailable',
  title,
  why,
  fixes,
});

const cloudflareCodes: Readonly<Record<string, string>> = {
  1000: 'the DNS record of the name points to an address that it may not, one of Cloudflare itself',
  1001: 'it cannot resolve the name that was asked for',
  1002: 'the DNS record of the name points to an address that it may not',
  1003: 'it was asked by an address instead of a name',
  1004: 'the name is not set up there to serve web traffic',
  1005: 'the owner of the site banned the network (ASN) of this address',
  1006: 'the owner of the site banned this address',
  1007: 'the owner of the site banned this address',
  1008: 'the owner of the site banned this address',
  1009: 'the owner of the site banned this country or region',
  1010: 'the owner of the site banned clients that look like this one',
  1011: 'the owner of the site refuses what is embedded elsewhere (hotlinks)',
  1012: 'the owner of the site refuses this client',
  1013: 'the name in TLS (SNI) and the one in Host differ',
  1014: 'the name is a CNAME to one of another account, which that has not allowed',
  1015: 'the owner of the site limits the rate of requests, and it is passed',
  1016: 'the name of the origin does not resolve',
  1018: 'it cannot find the host: the domain is not active there yet, or its record is gone',
  1019: 'a Worker calls itself in a circle',
  1020: 'a firewall rule of the site refused the request',
  1023: 'it cannot find the host, whose record it holds for another',
  1025: 'the load balancer of the site has passed a limit of its plan',
  1027: 'the Workers of the site used up the requests of their day (the limit of the free plan)',
  1033: 'the tunnel of the site is not connected (cloudflared is not running)',
  1034: 'the DNS record of the name points to an address of Cloudflare that is not for it (1.1.1.1, for one)',
  1035: 'a rule of the site rewrites the request to an invalid path or query',
  1036: 'a rule of the site rewrites the request to a path or query that is too long',
  1037: 'a rewrite of the site failed',
  1041: 'a rewrite of the site failed',
  1042: 'a Worker asks another Worker of the same zone, which it may not',
  1101: 'the Worker threw an exception, or never answered',
  1102: 'the Worker used up its time or its memory',
  1104: 'a variable of the Worker is missing or too large',
  1200: 'too many requests wait there for this site',
};

const vercelCodes: Readonly<Record<string, string>> = {
  DEPLOYMENT_NOT_FOUND: 'no deployment has this name',
  DEPLOYMENT_DELETED: 'the deployment was deleted',
  DEPLOYMENT_DISABLED: 'the deployment is disabled for a matter of payment',
  DEPLOYMENT_PAUSED: 'the project is paused',
  DEPLOYMENT_BLOCKED: 'the deployment is blocked',
  FUNCTION_INVOCATION_FAILED: 'the function crashed',
  FUNCTION_INVOCATION_TIMEOUT: 'the function did not end in its time',
  FUNCTION_THROTTLED: 'too many functions run at once',
  NOT_FOUND: 'the deployment has nothing at this path',
};

const herokuPages: Readonly<Record<string, string>> = {
  'no-such-app': 'no app of this name is there',
  'application-error': 'the app crashed, did not start, or did not answer (an H code in its log)',
  'maintenance-mode': 'the app is in maintenance mode',
};

const apiGatewayStages = shellFix(
  'Which stages are there?',
  'aws apigatewayv2 get-apis --query "Items[].[Name,ApiEndpoint]"',
);

export const knownPlatforms: readonly Known[] = [
  {
    id: 'cloudflare.challenge',
    headers: { 'cf-mitigated': /^challenge$/ },
    says: (seen) => blocked('Cloudflare', seen),
  },
  {
    id: 'aws.waf',
    headers: { 'x-amzn-waf-action': /^(challenge|captcha)$/ },
    says: (seen) => blocked('AWS WAF', seen),
  },
  {
    id: 'cloudflare.code',
    headers: { server: /^cloudflare/i },
    body: /\berror(?: code:?|:)?\s{0,5}(1\d{3})\b/i,
    says: ({ found, response }) => {
      const code = found[1] ?? '';
      if (!Object.hasOwn(cloudflareCodes, code)) return null;
      return {
        id: 'upgrade.cdn-error',
        title: `Cloudflare says ${code}: ${cloudflareCodes[code]} (${statusWords(response)})`,
        why: 'Cloudflare gave this answer itself, and its number says more than the status: the server behind it was not asked.',
        fixes: [],
      };
    },
  },
  {
    id: 'aws.alb.464',
    status: [464],
    headers: { server: /^awselb/i },
    says: ({ response }) => ({
      id: 'upgrade.bad-request',
      layer: 'proxy',
      title: `The AWS load balancer and its target group are of different HTTP versions: ${statusWords(response)}`,
      why: 'AWS documents 464 so: the protocol of the request does not fit the protocol version of the target group. WebSockets need a target group of version HTTP1, not HTTP2 or gRPC.',
      fixes: [
        textFix('AWS ALB', 'Create the target group with protocol version HTTP1: it cannot be changed afterwards.'),
      ],
    }),
  },
  {
    id: 'aws.alb.561',
    status: [561],
    headers: { server: /^awselb/i },
    says: ({ response }) => ({
      id: 'upgrade.unauthorized',
      layer: 'proxy',
      title: `The AWS load balancer signs users in, and their identity provider answered it with an error: ${statusWords(response)}`,
      why: 'AWS documents 561 so: the rule of the listener authenticates users, and the provider failed. The server was not asked.',
      fixes: [
        textFix(
          'AWS ALB',
          'Look at the authenticate rule of the listener, or let the path of the WebSocket pass without it.',
        ),
      ],
    }),
  },
  {
    id: 'aws.api-gateway.path',
    status: [403],
    body: /^\{"message":\s*"Missing Authentication Token"\}$/,
    says: ({ evidence }) => ({
      id: 'upgrade.not-found',
      title: `AWS API Gateway has nothing at ${quoteText(pathOf(evidence), 100)}: its "Missing Authentication Token" means a path or stage that does not exist`,
      why: 'API Gateway says this for every path that no stage and no route has. No token is missing. The address of a WebSocket API ends in the name of its stage.',
      fixes: [apiGatewayStages],
    }),
  },
  {
    id: 'aws.api-gateway',
    status: [403],
    body: /^\{"message":\s*"(Forbidden|User is not authorized to access this resource[^"]{0,200})"(?:,\s*"connectionId":.*)?\}$/i,
    also: ({ header, found }) =>
      /"connectionId"/.test(found[0] ?? '') ||
      ['x-amz-apigw-id', 'apigw-requestid', 'x-amzn-requestid'].some((name) => header(name) !== ''),
    says: ({ found }) => ({
      id: 'upgrade.forbidden',
      title: `AWS API Gateway refuses the request before the application: 403, "${quoteText(found[1] ?? '', 120)}"`,
      why: /^User/i.test(found[1] ?? '')
        ? 'Its authorizer, or a policy of IAM, knows who asks and does not allow it: what the authorizer returns must allow the ARN of the route, which ends in the stage and $connect for a WebSocket, and in no method and path.'
        : 'API Gateway says this itself: the stage in the path does not exist, an API key (x-api-key) or the authorizer is missing, a resource policy refuses the client, or the name has no mapping to an API.',
      fixes: /^User/i.test(found[1] ?? '') ? [] : [apiGatewayStages],
    }),
  },
  {
    id: 'aws.cloudfront',
    status: [400, 403, 502, 504],
    headers: { server: /^CloudFront$/ },
    body: /The request could not be satisfied/i,
    says: ({ response, text }) => ({
      id:
        response.status < 500
          ? response.status === 400
            ? 'upgrade.bad-request'
            : 'upgrade.forbidden'
          : 'upgrade.cdn-error',
      layer: 'proxy',
      title: `CloudFront gave the answer itself: ${statusWords(response)}, "${quoteText(/could not be satisfied\. ([^.]{5,140})/.exec(text)?.[1] ?? 'The request could not be satisfied', 140)}"${/\bRequest blocked\b/.test(text) ? ', for a rule of AWS WAF or the country' : ''}`,
      why: 'The page is that of CloudFront. With 403 a WAF rule, a country, a missing signature or a name that is no alternate domain name of the distribution; with 502 and 504 an origin that it could not reach, or not over TLS.',
      fixes: [],
    }),
  },
  {
    id: 'captive-portal',
    status: [511],
    without: ['ngrok-error-code'],
    says: ({ evidence, response }) => ({
      id: 'upgrade.server-error',
      layer: 'proxy',
      title: `The network wants a sign-in before it lets anything out (captive portal): ${statusWords(response)}`,
      why: 'Only the network between here and the server answers 511 (RFC 6585 6). The server was not asked.',
      fixes: [
        textFix(
          'Sign in',
          `Open a page in a browser on this network, sign in, then probe ${hostPort(evidence)} again.`,
        ),
      ],
    }),
  },
  {
    id: 'ngrok',
    headers: { 'ngrok-error-code': /^ERR_NGROK_\d+$/ },
    says: ({ header, response }) => {
      const code = header('ngrok-error-code');
      // Its page is written by a script, and says the same to those that run none.
      const unscripted = /<noscript>\s*([^<(]{3,200})/.exec(response.body.text.slice(0, 8_192))?.[1];
      const words =
        (serverWords(response) ?? (unscripted ? quoteText(unscripted, 120) : null))?.replaceAll('"', "'") ?? null;
      const meaning =
        code === 'ERR_NGROK_3200'
          ? 'the tunnel is offline: no agent is connected for this name'
          : code === 'ERR_NGROK_8012'
            ? 'the agent is there, but the local server that it forwards to refused the connection'
            : code === 'ERR_NGROK_6024'
              ? 'its page of warning for browsers, in place of the tunnel'
              : code === 'ERR_NGROK_3004'
                ? 'the local server gave an answer that is no HTTP, or not a whole one'
                : words === null || words.startsWith('ERR_NGROK')
                  ? 'the number stands for an error that ngrok documents'
                  : `"${words}"`;
      return {
        id: code === 'ERR_NGROK_3200' ? 'upgrade.not-found' : 'upgrade.unavailable',
        layer: 'proxy',
        title: `ngrok answered ${code}: ${meaning} (${statusWords(response)})`,
        why: 'ngrok gave this answer itself; the application did not.',
        fixes: [
          ...(code === 'ERR_NGROK_6024'
            ? [profileFix('Skip the warning (profile)', { headers: { 'ngrok-skip-browser-warning': '1' } })]
            : []),
          textFix('What ngrok says about it', `https://ngrok.com/docs/errors/${code.toLowerCase()}`),
        ],
      };
    },
  },
  {
    id: 'heroku',
    status: [404, 503],
    markup: /herokucdn\.com\/error-pages\/(no-such-app|application-error|maintenance-mode)/,
    says: ({ found, response }) => ({
      id: found[1] === 'no-such-app' ? 'upgrade.not-found' : 'upgrade.unavailable',
      layer: 'proxy',
      title: `Heroku answered in place of the app: ${herokuPages[found[1] ?? '']} (${statusWords(response)})`,
      why: 'The page is the error page of the Heroku router. What went wrong stands in the log of the app as code=H….',
      fixes:
        found[1] === 'application-error'
          ? [shellFix('Read the code in the log', 'heroku logs --tail --source heroku')]
          : [],
    }),
  },
  {
    id: 'vercel',
    headers: { 'x-vercel-error': /^[A-Z_]{3,60}$/ },
    says: ({ header, response }) => {
      const code = header('x-vercel-error');
      const meaning = Object.hasOwn(vercelCodes, code) ? `: ${vercelCodes[code]}` : '';
      return {
        id: /NOT_FOUND$|DELETED$/.test(code) ? 'upgrade.not-found' : 'upgrade.unavailable',
        title: `Vercel answered ${code}${meaning} (${statusWords(response)})`,
        why: 'Vercel gave this answer itself; the application did not.',
        fixes: [textFix('What Vercel says about it', `https://vercel.com/docs/errors/${code}`)],
      };
    },
  },
  {
    id: 'netlify',
    status: [404],
    body: /^Not Found - Request ID: [\w-]+$/,
    says: (seen) => noSite('Netlify', seen),
  },
  {
    id: 'railway.unknown',
    status: [404],
    headers: { 'x-railway-fallback': /^true$/ },
    says: (seen) => ({
      ...noSite('Railway', seen),
      why: 'Railway gave this answer itself: no service has this name, or the one that has it sleeps and is being started. In the second case the next try, some seconds later, is answered.',
    }),
  },
  {
    id: 'railway.down',
    status: [502],
    headers: { 'x-railway-fallback': /^true$/ },
    says: ({ response }) =>
      unavailable(
        `Railway has no running instance that answers on the port of the service (${statusWords(response)})`,
        'Railway gave this answer itself: the service crashed, is not up yet, or listens on another port than PORT, or on 127.0.0.1 alone.',
        [
          {
            title: 'Node: listen where Railway looks',
            language: 'javascript',
            snippet: "server.listen(process.env.PORT, '0.0.0.0');",
          },
        ],
      ),
  },
  {
    id: 'render.unknown',
    status: [404],
    headers: { 'x-render-routing': /^no-server$/ },
    says: (seen) => noSite('Render', seen),
  },
  {
    id: 'render.down',
    status: [502, 503],
    headers: { 'x-render-routing': /-error$/ },
    says: ({ response }) =>
      unavailable(
        `Render got no answer from the service: ${statusWords(response)}`,
        'The router of Render answered. The service crashed, is still starting, or does not listen on 0.0.0.0 and the port in PORT.',
        [
          {
            title: 'Node: listen where Render looks',
            language: 'javascript',
            snippet: "server.listen(process.env.PORT ?? 10000, '0.0.0.0');",
          },
        ],
      ),
  },
  {
    id: 'render.suspended',
    status: [503],
    headers: { 'x-render-routing': /^suspend/ },
    says: ({ response }) =>
      unavailable(
        `The service is suspended at Render: ${statusWords(response)}`,
        'Render answers so in place of a service that its owner or Render suspended. Addresses and credentials have nothing to do with it.',
        [textFix('Render', 'Resume the service in the dashboard, and look at the billing of its workspace.')],
      ),
  },
  {
    id: 'azure.stopped',
    status: [403],
    body: /\bthis web app is stopped\b/i,
    says: ({ response }) =>
      unavailable(
        `The Azure web app is stopped: ${statusWords(response)}`,
        'Azure App Service answers so in place of an app that was stopped, or that used up its quota or the spending limit. Credentials and addresses have nothing to do with it.',
        [textFix('Azure', 'Start the app (Overview > Start), and look at its quota.')],
      ),
  },
  {
    id: 'azure.unknown',
    status: [404],
    body: /^(?:Microsoft Azure Web App - Error 404 )?404 Web Site not found\b/,
    says: (seen) => noSite('Azure App Service', seen),
  },
  {
    id: 'cloud-run',
    status: [429],
    body: /^Rate exceeded\.?$/,
    also: ({ header }) => /google/i.test(`${header('server')} ${header('via')}`),
    says: ({ response }) => ({
      id: 'upgrade.rate-limited',
      title: `Google turned the connection away, as Cloud Run does with no instance free: ${statusWords(response)}, "Rate exceeded."`,
      why: 'Cloud Run answers so when all instances are taken and no more may start, not because this client asked too often. Each open WebSocket takes a place of "concurrency" for all its life.',
      fixes: [textFix('Cloud Run', 'Raise the maximum of instances, or the concurrency of each.')],
    }),
  },
  {
    id: 'google.iap',
    status: [302, 401, 403],
    body: /^Invalid IAP credentials: ([\w ,.'-]{1,120})/,
    says: ({ found, response }) => ({
      id: 'upgrade.unauthorized',
      layer: 'proxy',
      title: `Google's Identity-Aware Proxy stands before the server: "Invalid IAP credentials: ${found[1] ?? ''}" (${statusWords(response)})`,
      why: 'The server was not asked. IAP wants an OpenID Connect token of Google, made for its own audience, in Proxy-Authorization or Authorization; a browser brings a cookie instead.',
      fixes: [shellFix('A token for it', 'gcloud auth print-identity-token --audiences="$IAP_CLIENT_ID"')],
    }),
  },
  {
    id: 'fastly',
    body: /^Fastly error: unknown domain:? ?(\S{0,200})/,
    says: ({ evidence, response }) => ({
      id: 'upgrade.not-found',
      layer: 'proxy',
      title: `Fastly has no service for ${quoteText(evidence.host, 100)}: "unknown domain" (${statusWords(response)})`,
      why: 'The name leads to Fastly, and no active version of a service lists it among its domains. The path has nothing to do with it.',
      fixes: [],
    }),
  },
];
