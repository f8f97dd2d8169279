/** A timer that somebody in the path is known to run by default. */
export interface KnownTimer {
  readonly seconds: number;
  readonly owner: string;
  /** `idle` restarts with traffic, `lifetime` does not, `request` limits the answer to the upgrade. */
  readonly kind: 'idle' | 'lifetime' | 'request';
}

/** Defaults of common software and services, shortest first. */
const KNOWN_TIMERS: readonly KnownTimer[] = [
  { seconds: 5, owner: 'Node http.Server keepAliveTimeout, Apache KeepAliveTimeout (commonly)', kind: 'idle' },
  { seconds: 10, owner: 'Deepgram without audio, Twitch EventSub without a subscription', kind: 'idle' },
  { seconds: 20, owner: 'Azure Application Gateway backend request timeout (commonly)', kind: 'request' },
  { seconds: 30, owner: 'Google Cloud load balancer and GCE ingress backend timeout', kind: 'lifetime' },
  { seconds: 55, owner: 'Heroku router (commonly)', kind: 'idle' },
  {
    seconds: 60,
    owner:
      'nginx proxy_read_timeout, ingress-nginx, AWS ALB idle timeout, Apache Timeout, Traefik 3 readTimeout (commonly), Huawei Cloud ELB',
    kind: 'idle',
  },
  { seconds: 100, owner: 'Cloudflare proxied WebSocket', kind: 'idle' },
  { seconds: 120, owner: 'Cloudflare proxy read timeout (524)', kind: 'idle' },
  { seconds: 230, owner: 'Azure load balancer and App Service (commonly)', kind: 'idle' },
  { seconds: 240, owner: 'Azure load balancer and App Service (commonly)', kind: 'idle' },
  { seconds: 300, owner: 'Envoy stream_idle_timeout, ngrok, Pomerium', kind: 'idle' },
  { seconds: 350, owner: 'AWS NLB (commonly)', kind: 'idle' },
  { seconds: 600, owner: 'AWS API Gateway, CloudFront', kind: 'idle' },
  { seconds: 900, owner: 'Cloudflare connection to the origin', kind: 'idle' },
  { seconds: 3600, owner: 'Envoy connection idle timeout', kind: 'idle' },
  { seconds: 7200, owner: 'AWS API Gateway', kind: 'lifetime' },
];

/** The timer of the same kind that shows once those of `seconds` are out of the way; null: none is known. */
export function nextTimer(seconds: number, kind: KnownTimer['kind']): KnownTimer | null {
  return KNOWN_TIMERS.find((timer) => timer.kind === kind && timer.seconds > seconds) ?? null;
}

/** Timers that a life of `lifetimeMs` fits, within 1 % or 0.3 s, whichever is more. */
export function timersNear(lifetimeMs: number): readonly KnownTimer[] {
  return KNOWN_TIMERS.filter(({ seconds }) => {
    const toleranceMs = Math.max(seconds * 10, 300);
    return Math.abs(lifetimeMs - seconds * 1000) <= toleranceMs;
  });
}
