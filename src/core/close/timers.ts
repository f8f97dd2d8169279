/** Who runs a timer, and the words by which one knows them: names of software that answered, of hosts, of dialects. */
export interface TimerOwner {
  readonly name: string;
  readonly seenAs: RegExp;
  /** It stands at the end of the way under a name of its own: without that it is not there. */
  readonly isEndpoint?: true;
}

/** A timer that somebody is known to run by default. */
export interface KnownTimer {
  readonly seconds: number;
  readonly owners: readonly TimerOwner[];
  /** `idle` restarts with traffic, `lifetime` does not. */
  readonly kind: 'idle' | 'lifetime';
}

const owner = (name: string, seenAs: RegExp): TimerOwner => ({ name, seenAs });
const endpoint = (name: string, seenAs: RegExp): TimerOwner => ({ name, seenAs, isEndpoint: true });

const CLOUDFLARE = /cloudflare/i;
const AZURE = /azure|\.windows\.net/i;
const API_GATEWAY = /API Gateway|\.execute-api\./i;

/** Defaults of common software and services, shortest first. */
const KNOWN_TIMERS: readonly KnownTimer[] = [
  {
    seconds: 5,
    owners: [
      owner('Node http.Server keepAliveTimeout', /\(Node\)/),
      owner('Apache KeepAliveTimeout (commonly)', /^Apache/),
    ],
    kind: 'idle',
  },
  {
    seconds: 10,
    owners: [
      endpoint('Deepgram without audio', /deepgram/i),
      endpoint('Twitch EventSub without a subscription', /twitch/i),
    ],
    kind: 'idle',
  },
  {
    seconds: 30,
    owners: [owner('Google Cloud load balancer and GCE ingress backend timeout', /google/i)],
    kind: 'lifetime',
  },
  { seconds: 55, owners: [owner('Heroku router (commonly)', /heroku/i)], kind: 'idle' },
  {
    seconds: 60,
    owners: [
      owner('nginx proxy_read_timeout, ingress-nginx', /nginx|openresty|tengine/i),
      owner('AWS ALB idle timeout', /AWS Application Load Balancer|\.elb\./i),
      owner('Apache Timeout', /^Apache/),
      owner('Traefik 3 readTimeout (commonly)', /traefik/i),
      owner('Huawei Cloud ELB', /huawei/i),
    ],
    kind: 'idle',
  },
  { seconds: 100, owners: [owner('Cloudflare proxied WebSocket', CLOUDFLARE)], kind: 'idle' },
  { seconds: 120, owners: [owner('Cloudflare proxy read timeout (524)', CLOUDFLARE)], kind: 'idle' },
  { seconds: 230, owners: [owner('Azure load balancer and App Service (commonly)', AZURE)], kind: 'idle' },
  { seconds: 240, owners: [owner('Azure load balancer and App Service (commonly)', AZURE)], kind: 'idle' },
  {
    seconds: 300,
    owners: [
      owner('Envoy stream_idle_timeout', /envoy|istio/i),
      owner('ngrok', /ngrok/i),
      owner('Pomerium', /pomerium/i),
    ],
    kind: 'idle',
  },
  { seconds: 350, owners: [owner('AWS NLB (commonly)', /\.elb\./i)], kind: 'idle' },
  {
    seconds: 600,
    owners: [endpoint('AWS API Gateway', API_GATEWAY), owner('CloudFront', /cloudfront/i)],
    kind: 'idle',
  },
  { seconds: 900, owners: [owner('Cloudflare connection to the origin', CLOUDFLARE)], kind: 'idle' },
  { seconds: 3600, owners: [owner('Envoy connection idle timeout', /envoy|istio/i)], kind: 'idle' },
  { seconds: 7200, owners: [endpoint('AWS API Gateway', API_GATEWAY)], kind: 'lifetime' },
];

/** Timers of a kind that a time fits, within 1 % or 0.3 s, whichever is more. */
export function timersNear(ms: number, kind: KnownTimer['kind']): readonly KnownTimer[] {
  return KNOWN_TIMERS.filter((timer) => {
    const toleranceMs = Math.max(timer.seconds * 10, 300);
    return timer.kind === kind && Math.abs(ms - timer.seconds * 1000) <= toleranceMs;
  });
}

/** Idle timers that software lets one set to anything, by the word that names it. */
const SETTABLE: readonly TimerOwner[] = [
  owner('nginx proxy_read_timeout', /nginx|openresty|tengine/i),
  owner('Apache ProxyTimeout', /^Apache httpd|^Apache$/i),
  owner('HAProxy timeout tunnel', /haproxy/i),
  owner('Envoy stream_idle_timeout', /envoy|istio/i),
  owner('Traefik readTimeout', /traefik/i),
  owner('AWS ALB idle timeout', /AWS Application Load Balancer|\.elb\./i),
  owner('Azure Application Gateway request timeout', /Azure Application Gateway/i),
];

/** Timers of any length that those named by `seen` may run: software that answered, the host, the dialect. */
export function settableTimers(seen: readonly string[]): readonly TimerOwner[] {
  return SETTABLE.filter((one) => isSeen(one, seen));
}

/** Whether one of the names is the owner's. */
export function isSeen({ seenAs }: TimerOwner, seen: readonly string[]): boolean {
  return seen.some((name) => seenAs.test(name));
}
