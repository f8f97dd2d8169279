import type { Rule } from '../base/evidence.js';
import { authRefused } from './rules/authRefused.js';
import { budgets, unstable } from './rules/budget.js';
import { certificate } from './rules/certificate.js';
import { closeRejected, closeSpecial } from './rules/close.js';
import { closeDropped } from './rules/closeDropped.js';
import { credentials } from './rules/credentials.js';
import { dns } from './rules/dns.js';
import { expectation } from './rules/expectation.js';
import { frames } from './rules/frames.js';
import { guard } from './rules/guard.js';
import { hostRefused } from './rules/hostRefused.js';
import { handshake } from './rules/handshake.js';
import * as http2 from './rules/http2.js';
import { input } from './rules/input.js';
import { interceptsTls } from './rules/intercepts.js';
import { closeTimeout, ownLimit, pingFlood } from './rules/limits.js';
import { messageMismatch, messageTimeout } from './rules/messages.js';
import * as noAnswer from './rules/noAnswer.js';
import { endedAtPing, pingUnanswered } from './rules/ping.js';
import { proxyAnswer, proxyAuthInUpgrade } from './rules/proxyAnswer.js';
import { proxyRefused, proxyTimeout } from './rules/proxyRefused.js';
import { redirect } from './rules/redirect.js';
import { tunnelClearText } from './rules/plainPort.js';
import * as refused from './rules/refused.js';
import * as refusedRest from './rules/refusedRest.js';
import * as refusedServer from './rules/refusedServer.js';
import { headersStripped } from './rules/stripped.js';
import { subprotocol, unexpectedSubprotocol } from './rules/subprotocol.js';
import { tlsSilent } from './rules/tlsSilent.js';
import { localSocket } from './rules/localSocket.js';
import { localExhausted, tcp, tcpReset } from './rules/tcp.js';
import { refusedInHttp, tlsHandshake, tlsRequired } from './rules/tls.js';
import { backpressure, missedHeartbeat } from './rules/session.js';
import { endedByTimer } from './rules/timers.js';
import { commonNameOnly, expiresSoon, verificationOff } from './rules/tlsCare.js';
import { tokens } from './rules/tokens.js';
import { unauthorized } from './rules/unauthorized.js';

/** Rules that explain `evidence.failure`: without one they have nothing to say, and are not asked. */
export const FAILURE_RULES: readonly Rule[] = [
  input,
  credentials,
  guard,
  proxyRefused,
  proxyTimeout,
  proxyAnswer,
  proxyAuthInUpgrade,
  dns,
  localExhausted,
  localSocket,
  tcp,
  tcpReset,
  tlsSilent,
  tunnelClearText,
  tlsHandshake,
  refusedInHttp,
  tlsRequired,
  certificate,
  http2.http2Failed,
  http2.http2Status,
  noAnswer.upgradeClosed,
  noAnswer.upgradeTimeout,
  noAnswer.notHttp,
  noAnswer.malformed,
  noAnswer.headersTooLarge,
  headersStripped,
  refused.sessionUnknown,
  refused.originRefused,
  hostRefused,
  unauthorized,
  refused.forbidden,
  refused.notFound,
  refused.wrongMethod,
  refusedRest.notWebsocket,
  redirect,
  refusedRest.badRequest,
  refusedRest.requestTimeout,
  refusedRest.misdirected,
  refusedRest.upgradeRequired,
  refusedRest.rateLimited,
  refusedServer.serverError,
  refusedServer.badGateway,
  refusedServer.unavailable,
  refusedServer.gatewayTimeout,
  refusedServer.cdnError,
  closeTimeout,
  messageTimeout,
  messageMismatch,
  closeDropped,
  endedByTimer,
];

/** Rules that look at every run. */
export const CARE_RULES: readonly Rule[] = [
  closeSpecial,
  closeRejected,
  missedHeartbeat,
  endedAtPing,
  pingUnanswered,
  backpressure,
  frames,
  ownLimit,
  handshake,
  subprotocol,
  unexpectedSubprotocol,
  pingFlood,
  authRefused,
  budgets,
  unstable,
  expectation,
  interceptsTls,
  http2.http2Downgraded,
  verificationOff,
  commonNameOnly,
  expiresSoon,
  tokens,
];

/** Every rule. Findings are ordered by `ALL_FINDING_IDS`, so the order here is only for reading. */
export const RULES: readonly Rule[] = [...FAILURE_RULES, ...CARE_RULES];
