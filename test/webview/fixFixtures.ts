import type { Report } from '../../src/core/base/model.js';
import type { InspectorState, UsedFix } from '../../src/protocol/inspector.js';
import { BASE, EXPIRED_REPORT, HEALTHY_REPORT, NOT_WEBSOCKET_REPORT } from './fixtures.js';

/** A failure with two fixes for the profile and one for software. */
export const FIXABLE_REPORT: Report = {
  ...EXPIRED_REPORT,
  findings: [
    {
      id: 'tls.plain-port',
      layer: 'tls',
      severity: 'error',
      title: 'The port speaks no TLS: it answered the TLS hello in plain HTTP.',
      explanation: 'The address says wss://, and the server behind this port expects ws://.',
      evidence: ['Received: HTTP/1.1 400 Bad Request'],
      fixes: [
        {
          title: 'Connect without TLS (profile)',
          language: 'json',
          snippet: '{\n  "url": "ws://api.example.com/orders"\n}',
          change: [{ path: ['url'], value: 'ws://api.example.com/orders' }],
        },
        {
          title: 'nginx: speak TLS on this port',
          language: 'nginx',
          snippet: 'listen 443 ssl;',
          place: '/etc/nginx/nginx.conf, or a file that it includes',
        },
      ],
    },
  ],
};

const USED: UsedFix = {
  title: 'Connect without TLS (profile)',
  kind: 'applied',
  before: { verdict: 'down', headline: 'The port speaks no TLS: it answered the TLS hello in plain HTTP.' },
  file: 'orders.wsprobe',
  difference: [
    { kind: 'removed', text: '  "url": "wss://${env:API_HOST}/orders",' },
    { kind: 'added', text: '  "url": "ws://${env:API_HOST}/orders",' },
  ],
};

export const FIXES = {
  fixable: { ...BASE, report: FIXABLE_REPORT, closeExplanation: null },
  'fixable-url': { ...BASE, report: FIXABLE_REPORT, closeExplanation: null, hasProfile: false },
  'fix-running': { ...BASE, report: FIXABLE_REPORT, closeExplanation: null, status: 'running', fix: USED },
  'fix-applied': { ...BASE, report: HEALTHY_REPORT, fix: USED },
  'fix-tried': { ...BASE, report: HEALTHY_REPORT, fix: { ...USED, kind: 'tried' } },
  'fix-tried-url': {
    ...BASE,
    report: NOT_WEBSOCKET_REPORT,
    closeExplanation: null,
    hasProfile: false,
    fix: { ...USED, kind: 'tried', file: null, difference: null },
  },
} as const satisfies Readonly<Record<string, InspectorState>>;
