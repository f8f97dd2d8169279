/** Names that are offered where a profile takes any text. */

/** Subprotocols that people meet, beside the examples of the schema, which the JSON server offers. */
export const SUBPROTOCOLS: readonly string[] = [
  'v11.stomp',
  'v10.stomp',
  'wamp.2.msgpack',
  'wamp.2.cbor',
  'ocpp2.0.1',
  'actioncable-v1-json',
  'phoenix',
  'centrifuge-json',
  'centrifuge-protobuf',
  'aws-appsync-event-ws',
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'obswebsocket.json',
  'obswebsocket.msgpack',
];

export interface HeaderName {
  readonly name: string;
  /** What it is for. */
  readonly about: string;
  /** A value to begin with. */
  readonly value?: string;
}

/** Headers of an opening handshake that are not the handshake's own. */
export const REQUEST_HEADERS: readonly HeaderName[] = [
  { name: 'Authorization', about: 'a credential; `auth` writes it', value: 'Bearer ${secret:token}' },
  { name: 'X-Api-Key', about: 'a key, as many gateways take it', value: '${secret:api-key}' },
  { name: 'User-Agent', about: 'who asks' },
  { name: 'Accept-Language', about: 'languages, the preferred one first' },
  { name: 'Cache-Control', about: 'browsers send no-cache', value: 'no-cache' },
  { name: 'Pragma', about: 'browsers send no-cache', value: 'no-cache' },
  { name: 'Host', about: 'the name of the server, where it is not that of the URL' },
  { name: 'Referer', about: 'the page that opens the connection' },
  { name: 'X-Forwarded-For', about: 'the client as a proxy would tell it' },
  { name: 'X-Forwarded-Proto', about: 'the scheme as a proxy would tell it', value: 'https' },
  { name: 'X-Forwarded-Host', about: 'the host as a proxy would tell it' },
  { name: 'Forwarded', about: 'the client as a proxy would tell it (RFC 7239)' },
  { name: 'X-Request-Id', about: 'a mark for the logs of the server' },
  { name: 'traceparent', about: 'the trace that this belongs to (W3C Trace Context)' },
  { name: 'tracestate', about: 'more of the trace (W3C Trace Context)' },
  { name: 'X-CSRF-Token', about: 'a token of the page' },
  { name: 'CF-Access-Client-Id', about: 'a service token of Cloudflare Access' },
  { name: 'CF-Access-Client-Secret', about: 'a service token of Cloudflare Access', value: '${secret:cf-access}' },
];

/** Headers of an answer that are worth an expectation. */
export const ANSWER_HEADERS: readonly HeaderName[] = [
  { name: 'server', about: 'the software that answered' },
  { name: 'via', about: 'the proxies on the way' },
  { name: 'x-served-by', about: 'the node that answered' },
  { name: 'x-powered-by', about: 'the framework' },
  { name: 'set-cookie', about: 'a cookie, such as of a sticky session' },
  { name: 'cf-ray', about: 'Cloudflare was there' },
  { name: 'x-amz-cf-pop', about: 'CloudFront was there' },
  { name: 'strict-transport-security', about: 'HTTPS from now on' },
  { name: 'alt-svc', about: 'other ways to the same server' },
  { name: 'date', about: 'the clock of the server' },
];
