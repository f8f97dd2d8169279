import * as rule from './checks.js';
import { DIALECT_NAMES, dialectNamed } from '../base/dialectNames.js';
import { checkConflicts } from './conflicts.js';
import type { JsonNode } from './jsonc.js';
import { matchSpec } from './messageKeys.js';
import { decodeSpec, payloadSpec } from './payloadKeys.js';
import { quote, type Report } from './problems.js';
import { FROM_PROFILE, parseProxyUrl } from './proxyUrl.js';
import { MAX_CLIENTS, MAX_ENVIRONMENTS, type ObjectSpec, type Spec } from './spec.js';
import { checkUrl } from '../base/url.js';
import { closeCodes, MAX_MS, ms, msOrZero, stepsSpec } from './stepKeys.js';
import { checkConversation } from './stepChecks.js';
import { variableName } from './variables.js';
import { checkBudget, checkMessage, checkOrigin, checkTls } from './wholeValues.js';

const boolean: Spec = { kind: 'boolean' };
const text = (check?: rule.TextRule, code?: string): Spec => ({
  kind: 'text',
  ...(check ? { rule: check } : {}),
  ...(code ? { code } : {}),
});
const choice = (...values: string[]): Spec => ({ kind: 'text', values });
const file = text(rule.filePath);

const auth: Spec = {
  kind: 'tagged',
  tag: 'type',
  variants: {
    bearer: {
      kind: 'object',
      required: ['token'],
      keys: { type: text(), token: text(rule.credential, 'invalid-header') },
    },
    basic: {
      kind: 'object',
      required: ['username', 'password'],
      keys: { type: text(), username: text(rule.userName), password: text(rule.noControls) },
    },
    digest: {
      kind: 'object',
      required: ['username', 'password'],
      keys: { type: text(), username: text(rule.userName), password: text(rule.noControls) },
    },
    apiKey: {
      kind: 'object',
      required: ['name', 'value'],
      keys: {
        type: text(),
        name: text(rule.nonEmpty),
        value: text(rule.credential, 'invalid-header'),
        in: choice('header', 'query'),
      },
    },
    oauth2: {
      kind: 'object',
      required: ['tokenUrl', 'clientId', 'clientSecret'],
      keys: {
        type: text(),
        tokenUrl: text(rule.tokenUrl, 'invalid-url'),
        clientId: text(rule.credential),
        clientSecret: text(rule.nonEmpty),
        scope: text(rule.scope),
      },
    },
    subprotocol: {
      kind: 'object',
      required: ['token'],
      keys: {
        type: text(),
        token: text(rule.subprotocol, 'invalid-subprotocol'),
        prefix: text(rule.subprotocol, 'invalid-subprotocol'),
      },
    },
  },
};

const tls: Spec = {
  kind: 'object',
  check: checkTls,
  keys: {
    ca: { kind: 'list', item: file, min: 1 },
    cert: file,
    key: file,
    pfx: file,
    passphrase: text(),
    serverName: text(rule.hostName),
    rejectUnauthorized: boolean,
    minVersion: choice('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'),
  },
};

const windowBits: Spec = { kind: 'number', min: 8, max: 15 };
const compression: Spec = {
  kind: 'union',
  expected: 'true, false or an object of permessage-deflate parameters',
  by: {
    boolean,
    object: {
      kind: 'object',
      keys: {
        serverNoContextTakeover: boolean,
        clientNoContextTakeover: boolean,
        serverMaxWindowBits: windowBits,
        clientMaxWindowBits: {
          kind: 'union',
          expected: 'true or a number from 8 to 15',
          by: { boolean: { kind: 'boolean', check: onlyTrue }, number: windowBits },
        },
      },
    },
  },
};

export function onlyTrue(node: JsonNode, report: Parameters<NonNullable<Spec['check']>>[1], where: string): void {
  if (node.type === 'boolean' && !node.value)
    report('invalid-value', node, `${quote(where)} must be true or a number.`);
}

export const proxyRule: rule.TextRule = (value) => {
  if (value === 'auto' || value === 'none') return null;
  if (!value.includes('://')) return 'must be "auto", "none" or a URL: http://…, https://… or socks5://….';
  const parsed = parseProxyUrl(value, FROM_PROFILE);
  return 'wrong' in parsed ? parsed.wrong : null;
};

const limitMs = { kind: 'number', min: 0, max: MAX_MS, fraction: true } as const;
const limitOrNull: Spec = {
  kind: 'union',
  expected: 'a number or null',
  by: { number: limitMs, null: { kind: 'null' } },
};
const budgetKeys = { degradedMs: limitOrNull, downMs: limitOrNull };
const budget = (keys: Readonly<Record<string, Spec>> = {}): Spec => ({
  kind: 'union',
  expected: 'a number of milliseconds or an object',
  by: { number: limitMs, object: { kind: 'object', keys: { ...budgetKeys, ...keys }, check: checkBudget } },
});

const percentile: Spec = { kind: 'number', min: 0, max: 100, values: [50, 95, 99, 100] };

const expect: Spec = {
  kind: 'object',
  keys: {
    status: { kind: 'number', min: 100, max: 599 },
    subprotocol: {
      kind: 'union',
      expected: 'a subprotocol or null (none selected)',
      by: { string: text(rule.subprotocol, 'invalid-subprotocol'), null: { kind: 'null' } },
    },
    httpVersion: choice('1.1', '2'),
    headers: {
      kind: 'map',
      nameRule: rule.answerHeaderName,
      code: 'invalid-header',
      value: {
        kind: 'object',
        keys: { equals: text(), contains: text(), matches: text(rule.regularExpression) },
        oneOf: ['equals', 'contains', 'matches'],
      },
    },
    holdMs: msOrZero,
    ping: boolean,
    closeCode: closeCodes,
    certificateDaysLeft: { kind: 'number', min: 0, max: 3650 },
    budgets: {
      kind: 'object',
      keys: {
        dns: budget(),
        tcp: budget(),
        proxy: budget(),
        tls: budget(),
        upgrade: budget(),
        message: budget({ percentile }),
        close: budget(),
        total: budget(),
      },
    },
  },
};

const message: Spec = {
  kind: 'object',
  check: checkMessage,
  keys: {
    send: payloadSpec,
    expect: {
      kind: 'union',
      expected: '"echo", "any" or a match',
      by: { string: choice('echo', 'any'), object: matchSpec },
    },
    samples: { kind: 'number', min: 1, max: 1000 },
  },
};

export function checkDialect(name: string): string | null {
  if (name === 'auto' || name === 'none' || dialectNamed(name) !== null) return null;
  return `is no dialect; known are auto, none, ${DIALECT_NAMES.join(', ')}.`;
}

const session: Spec = {
  kind: 'object',
  keys: {
    heartbeat: {
      kind: 'object',
      keys: {
        every: ms,
        timeout: ms,
        // "ping" is the protocol's own ping; any other text or payload is sent as a message.
        send: payloadSpec,
      },
    },
    reconnect: {
      kind: 'object',
      keys: {
        initialMs: ms,
        maxMs: ms,
        jitter: { kind: 'number', min: 0, max: 1, fraction: true },
        maxAttempts: { kind: 'number', min: 0, max: 1_000_000 },
      },
    },
    dialect: text(checkDialect),
    autoPong: boolean,
    shareConnection: boolean,
  },
};

const profileKeys: Readonly<Record<string, Spec>> = {
  name: text(rule.label),
  url: text(checkUrl, 'invalid-url'),
  headers: {
    kind: 'map',
    nameRule: rule.headerName,
    code: 'invalid-header',
    value: {
      kind: 'union',
      expected: 'a text or a list of texts',
      by: {
        string: text(rule.headerValue, 'invalid-header'),
        array: { kind: 'list', item: text(rule.headerValue, 'invalid-header'), min: 1 },
      },
    },
  },
  origin: { kind: 'text', rule: rule.credential, code: 'invalid-header', check: checkOrigin },
  subprotocols: { kind: 'list', item: text(rule.subprotocol, 'invalid-subprotocol'), unique: 'invalid-subprotocol' },
  auth,
  cookies: {
    kind: 'map',
    nameRule: rule.cookieName,
    code: 'invalid-header',
    value: text(rule.cookieValue, 'invalid-header'),
  },
  tls,
  proxy: text(proxyRule, 'invalid-proxy'),
  http: choice('1.1', '2', 'auto'),
  compression,
  followRedirects: boolean,
  timeouts: { kind: 'object', keys: { connectMs: ms, upgradeMs: ms, messageMs: ms, closeMs: ms } },
  // ws turns its limits into signed 32-bit integers: beyond that they would wrap round.
  limits: { kind: 'object', keys: { maxMessageBytes: { kind: 'number', min: 1, max: 2_147_483_647 } } },
  message,
  steps: stepsSpec,
  expect,
  session,
  decode: decodeSpec,
  messages: {
    kind: 'list',
    item: { kind: 'object', required: ['name', 'send'], keys: { name: text(rule.label), send: payloadSpec } },
  },
  watch: {
    kind: 'object',
    keys: {
      everyMs: ms,
      alertAfter: { kind: 'number', min: 1, max: 1000 },
      hold: boolean,
      sequence: text(rule.jsonPath),
    },
  },
  variables: { kind: 'map', nameRule: variableName, code: 'invalid-value', value: text() },
};

/** A client is a part of a profile; the conversation is the profile's own. */
const { steps: _, ...clientKeys } = profileKeys;

const clients: Spec = {
  kind: 'map',
  nameRule: rule.label,
  code: 'invalid-value',
  max: MAX_CLIENTS,
  value: { kind: 'object', keys: clientKeys },
};

const keysWithClients: Readonly<Record<string, Spec>> = { ...profileKeys, clients };

/** Every key of a profile, version 1. */
export const PROFILE_SPEC: ObjectSpec = {
  kind: 'object',
  check: checkProfile,
  keys: {
    ...keysWithClients,
    environments: {
      kind: 'map',
      nameRule: rule.label,
      code: 'invalid-value',
      max: MAX_ENVIRONMENTS,
      value: { kind: 'object', keys: keysWithClients },
    },
  },
};

function checkProfile(root: JsonNode, report: Report): void {
  checkConflicts(root, report);
  checkConversation(root, report);
}
