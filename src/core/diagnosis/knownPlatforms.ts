import type { Evidence } from '../base/evidence.js';
import { quoteText } from '../base/plainText.js';
import { hostPort, pathOf, statusWords } from './facts.js';
import type { KnownAnswer, Reading } from './knownAnswer.js';
import { shellFix, textFix } from './snippets/shell.js';

const blocked = (sign: string, who: string, status: string): KnownAnswer => ({
  id: 'upgrade.forbidden',
  layer: 'proxy',
  title: `${who} in front of the server wants to see a browser, and asks it to prove that: ${status}`,
  why: 'The request never reached the server. Only a browser can solve what is asked, so no credential and no other path helps: exempt the path or this client from the rule.',
  sign,
  fixes: [
    textFix(
      `${who}: exempt the WebSocket`,
      'Add a rule before the challenge that lets the path of the WebSocket pass.',
    ),
  ],
});

const cloudflareCodes: Readonly<Record<string, string>> = {
  1001: 'it cannot resolve the name that was asked for',
  1003: 'it was asked by an address instead of a name',
  1006: 'the owner of the site banned this address',
  1007: 'the owner of the site banned this address',
  1008: 'the owner of the site banned this address',
  1009: 'the owner of the site banned this country or region',
  1010: 'the owner of the site banned clients that look like this one',
  1012: 'the owner of the site refuses this client',
  1015: 'the owner of the site limits the rate of requests, and it is passed',
  1016: 'the name of the origin does not resolve',
  1020: 'a firewall rule of the site refused the request',
  1033: 'the tunnel of the site is not connected (cloudflared is not running)',
};

/** The answers that are known of each; none was run here. */
export const knownPlatforms: readonly Reading[] = [
  ({ header, response }) =>
    header('cf-mitigated') === 'challenge'
      ? blocked('cf-mitigated: challenge', 'Cloudflare', statusWords(response))
      : null,
  ({ header, response }) => {
    const action = header('x-amzn-waf-action');
    return /^(challenge|captcha)$/.test(action)
      ? blocked(`x-amzn-waf-action: ${action}`, 'AWS WAF', statusWords(response))
      : null;
  },
  ({ header, text, response }) => {
    const code = /^cloudflare/i.test(header('server')) ? /\berror(?: code)?:? (1\d{3})\b/i.exec(text)?.[1] : undefined;
    const meaning = code !== undefined && Object.hasOwn(cloudflareCodes, code) ? cloudflareCodes[code] : undefined;
    return meaning === undefined
      ? null
      : {
          id: 'upgrade.cdn-error',
          title: `Cloudflare says ${code}: ${meaning} (${statusWords(response)})`,
          why: 'Cloudflare gave this answer itself, and its number says more than the status: the server behind it was not asked.',
          sign: `server: cloudflare, error code ${code}`,
          fixes: [],
        };
  },
  ({ status, header, response }) =>
    status === 464 && /^awselb/i.test(header('server'))
      ? {
          id: 'upgrade.bad-request',
          layer: 'proxy',
          title: `The AWS load balancer and its target group are of different HTTP versions: ${statusWords(response)}`,
          why: 'AWS documents 464 so: the protocol of the request does not fit the protocol version of the target group. WebSockets need a target group of version HTTP1, not HTTP2 or gRPC.',
          sign: '464 by awselb',
          fixes: [
            textFix('AWS ALB', 'Create the target group with protocol version HTTP1: it cannot be changed afterwards.'),
          ],
        }
      : null,
  ({ status, header, response }) =>
    status === 561 && /^awselb/i.test(header('server'))
      ? {
          id: 'upgrade.unauthorized',
          layer: 'proxy',
          title: `The AWS load balancer signs users in, and their identity provider answered it with an error: ${statusWords(response)}`,
          why: 'AWS documents 561 so: the rule of the listener authenticates users, and the provider failed. The server was not asked.',
          sign: '561 by awselb',
          fixes: [
            textFix(
              'AWS ALB',
              'Look at the authenticate rule of the listener, or let the path of the WebSocket pass without it.',
            ),
          ],
        }
      : null,
  ({ status, text, evidence }) =>
    status === 403 && /^\{"message":\s*"Missing Authentication Token"\}$/.test(text)
      ? {
          id: 'upgrade.not-found',
          title: `AWS API Gateway has nothing at ${quoteText(pathOf(evidence), 100)}: its "Missing Authentication Token" means a path or stage that does not exist`,
          why: 'API Gateway says this for every path that no stage and no route has. No token is missing. The address of a WebSocket API ends in the name of its stage.',
          sign: 'the body {"message":"Missing Authentication Token"}',
          fixes: [
            shellFix('Which stages are there?', 'aws apigatewayv2 get-apis --query "Items[].[Name,ApiEndpoint]"'),
          ],
        }
      : null,
  ({ status, text, header }) =>
    status === 403 &&
    /^\{"message":\s*"Forbidden"\}$/.test(text) &&
    (header('x-amz-apigw-id') || header('apigw-requestid') || header('x-amzn-requestid'))
      ? {
          id: 'upgrade.forbidden',
          title: 'AWS API Gateway refuses the request before the application: 403, "Forbidden"',
          why: 'API Gateway says this itself: the stage in the path does not exist, an API key or the authorizer is missing, a resource policy refuses the client, or the name has no mapping to an API.',
          sign: 'the body {"message":"Forbidden"} under headers of API Gateway',
          fixes: [
            shellFix('Which stages are there?', 'aws apigatewayv2 get-apis --query "Items[].[Name,ApiEndpoint]"'),
          ],
        }
      : null,
  ({ status, response, evidence }) =>
    status === 511
      ? {
          id: 'upgrade.server-error',
          layer: 'proxy',
          title: `The network wants a sign-in before it lets anything out (captive portal): ${statusWords(response)}`,
          why: 'Only the network between here and the server answers 511 (RFC 6585 6). The server was not asked.',
          sign: 'the status 511',
          fixes: [
            textFix(
              'Sign in',
              `Open a page in a browser on this network, sign in, then probe ${hostPort(evidence)} again.`,
            ),
          ],
        }
      : null,
  ({ header, response }) => {
    const code = /^ERR_NGROK_\d+$/.exec(header('ngrok-error-code'))?.[0];
    if (code === undefined) return null;
    const meaning =
      code === 'ERR_NGROK_3200'
        ? 'the tunnel is offline: no agent is connected for this name'
        : code === 'ERR_NGROK_8012'
          ? 'the agent is there, but the local server that it forwards to refused the connection'
          : 'the number stands for an error that ngrok documents';
    return {
      id: code === 'ERR_NGROK_3200' ? 'upgrade.not-found' : 'upgrade.unavailable',
      layer: 'proxy',
      title: `ngrok answered ${code}: ${meaning} (${statusWords(response)})`,
      why: 'ngrok gave this answer itself; the application did not.',
      sign: `ngrok-error-code: ${code}`,
      fixes: [textFix('What ngrok says about it', `https://ngrok.com/docs/errors/${code.toLowerCase()}`)],
    };
  },
  ({ response }) => {
    const page = /herokucdn\.com\/error-pages\/(no-such-app|application-error|maintenance-mode)/.exec(
      response.body.text,
    )?.[1];
    if (page === undefined) return null;
    const meaning = {
      'no-such-app': 'no app of this name is there',
      'application-error': 'the app crashed, did not start, or did not answer (an H code in its log)',
      'maintenance-mode': 'the app is in maintenance mode',
    }[page];
    return {
      id: page === 'no-such-app' ? 'upgrade.not-found' : 'upgrade.unavailable',
      title: `Heroku answered in place of the app: ${meaning} (${statusWords(response)})`,
      why: 'The page is the error page of the Heroku router. What went wrong stands in the log of the app as code=H….',
      sign: `the error page ${page}`,
      fixes: [shellFix('Read the code in the log', 'heroku logs --tail --source heroku')],
    };
  },
  ({ header, response }) => {
    const code = /^[A-Z_]{3,60}$/.exec(header('x-vercel-error'))?.[0];
    if (code === undefined) return null;
    const missing = code.endsWith('NOT_FOUND');
    return {
      id: missing ? 'upgrade.not-found' : 'upgrade.unavailable',
      title: `Vercel answered ${code}${code === 'DEPLOYMENT_NOT_FOUND' ? ': no deployment has this name' : ''} (${statusWords(response)})`,
      why: 'Vercel gave this answer itself; the application did not.',
      sign: `x-vercel-error: ${code}`,
      fixes: [textFix('What Vercel says about it', `https://vercel.com/docs/errors/${code}`)],
    };
  },
  ({ status, text, evidence }) =>
    status === 404 && /^Not Found - Request ID: [\w-]+$/.test(text)
      ? noSite('Netlify', evidence, 'its page "Not Found - Request ID"')
      : null,
  ({ status, header, evidence }) =>
    status === 404 && header('x-railway-fallback') === 'true'
      ? noSite('Railway', evidence, 'x-railway-fallback: true')
      : null,
  ({ status, header, evidence }) =>
    status === 404 && header('x-render-routing') === 'no-server'
      ? noSite('Render', evidence, 'x-render-routing: no-server')
      : null,
  ({ status, text, response }) =>
    status === 403 && /\bthis web app is stopped\b/i.test(text)
      ? {
          id: 'upgrade.unavailable',
          title: `The Azure web app is stopped: ${statusWords(response)}`,
          why: 'Azure App Service answers so in place of an app that was stopped, or that used up its quota. Credentials and addresses have nothing to do with it.',
          sign: '"This web app is stopped" in the page',
          fixes: [textFix('Azure', 'Start the app (Overview > Start), and look at its quota.')],
        }
      : null,
  ({ status, text, header, response }) =>
    status === 429 && /^Rate exceeded\.?$/.test(text) && /google/i.test(`${header('server')} ${header('via')}`)
      ? {
          id: 'upgrade.rate-limited',
          title: `Cloud Run has no instance free for the connection: ${statusWords(response)}`,
          why: 'Google answers "Rate exceeded." when all instances are taken and no more may start, not because this client asked too often. Each open WebSocket takes a place of "concurrency" for all its life.',
          sign: '"Rate exceeded." by Google',
          fixes: [textFix('Cloud Run', 'Raise the maximum of instances, or the concurrency of each.')],
        }
      : null,
];

function noSite(who: string, { host }: Evidence, sign: string): KnownAnswer {
  return {
    id: 'upgrade.not-found',
    title: `${who} knows no site or service at ${quoteText(host, 100)}: 404 Not Found`,
    why: `${who} gave this answer itself: the name belongs to no deployment, or to one that is gone. The path has nothing to do with it.`,
    sign,
    fixes: [],
  };
}
