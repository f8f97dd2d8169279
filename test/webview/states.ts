import type { InspectorState } from '../../src/protocol/inspector.js';
import { FIXES } from './fixFixtures.js';
import { BASE, FIXTURES, STEPS_REPORT } from './fixtures.js';
import {
  CURED_REPORT,
  FORBIDDEN_REPORT,
  HOSTILE_NETWORK_REPORT,
  HTTP2_REFUSED_REPORT,
  HTTP2_REPORT,
  HTTP2_SHARED_REPORT,
  HTTPS_PROXY_REPORT,
  NOT_CURED_REPORT,
  PROXIED_REPORT,
  PROXY_AUTH_REPORT,
  REDIRECT_FOLLOWED_REPORT,
  REDIRECT_REPORT,
  UNUSED_PROXY_REPORT,
  VARIATIONS,
} from './networkFixtures.js';

const shown = (report: InspectorState['report']): InspectorState => ({ ...BASE, report, closeExplanation: null });

/** Every state of a probe's panel that is looked at. */
export const STATES = {
  ...FIXTURES,
  ...FIXES,
  proxied: shown(PROXIED_REPORT),
  'proxy-auth': shown(PROXY_AUTH_REPORT),
  'proxy-unused': shown(UNUSED_PROXY_REPORT),
  'proxy-https': shown(HTTPS_PROXY_REPORT),
  http2: shown(HTTP2_REPORT),
  'http2-shared': shown(HTTP2_SHARED_REPORT),
  'http2-refused': shown(HTTP2_REFUSED_REPORT),
  steps: shown(STEPS_REPORT),
  redirect: shown(REDIRECT_REPORT),
  'redirect-followed': shown(REDIRECT_FOLLOWED_REPORT),
  finding: { ...shown(FORBIDDEN_REPORT), status: 'running', variations: VARIATIONS.slice(0, 2) },
  cured: shown(CURED_REPORT),
  'not-cured': shown(NOT_CURED_REPORT),
  'hostile-network': shown(HOSTILE_NETWORK_REPORT),
  restricted: {
    ...shown(null),
    status: 'failed',
    error: {
      code: 'guard.restricted-mode',
      message: 'Profiles do not run in Restricted Mode: one could send your secrets to any address.',
      hint: 'Trust this workspace to run its profiles, or probe a URL that you type yourself.',
    },
  },
} as const satisfies Readonly<Record<string, InspectorState>>;
