import { checkUrl } from '../base/url.js';
import * as rule from './checks.js';
import type { TextRule } from './checks.js';
import { checkDialect, onlyTrue, proxyRule } from './keys.js';
import { checkMatch, checkMatchKeys } from './messageKeys.js';
import { checkMqttPacket, checkProtobufValue, checkTrue } from './payloadKeys.js';
import { PROXY_SCHEMES } from './proxyUrl.js';
import type { Check } from './spec.js';
import { NAME, variableName } from './variables.js';
import { checkCloseCodes } from './wholeValues.js';

export type JsonSchema = { readonly [word: string]: unknown };

const VARIABLE = '\\$\\{[^}]*\\}';
const notEmpty: JsonSchema = { minLength: 1 };
const anyText: JsonSchema = {};

/** What a JSON schema can say of a rule about texts: never more than the rule, which is told before variables are filled in. */
export const RULE_SHAPES: ReadonlyMap<TextRule, JsonSchema> = new Map<TextRule, JsonSchema>([
  [rule.nonEmpty, notEmpty],
  [rule.label, { minLength: 1, maxLength: rule.MAX_LABEL_LENGTH }],
  [rule.headerValue, anyText],
  [rule.credential, notEmpty],
  [rule.subprotocol, { pattern: `^(${rule.TOKEN.source.slice(1, -2)}|${VARIABLE})+$` }],
  [rule.headerName, { pattern: rule.TOKEN.source }],
  [rule.answerHeaderName, { pattern: rule.TOKEN.source }],
  [rule.cookieName, { pattern: rule.TOKEN.source }],
  [rule.cookieValue, anyText],
  [rule.userName, anyText],
  [rule.noControls, anyText],
  [rule.filePath, notEmpty],
  [rule.hostName, notEmpty],
  [rule.hexBytes, { pattern: `^(\\s|[0-9A-Fa-f]|${VARIABLE})*$` }],
  [rule.base64Bytes, anyText],
  [rule.regularExpression, { format: 'regex' }],
  [rule.jsonPath, { pattern: '^\\$' }],
  [rule.closeReason, { maxLength: rule.MAX_REASON_BYTES }],
  [rule.protobufType, { pattern: '^\\.?[A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*$' }],
  [rule.digits, { pattern: `^(\\d|${VARIABLE})+$` }],
  [rule.tokenUrl, { pattern: `^(${anyCase('http')}[sS]?://|\\$\\{)` }],
  [rule.scope, notEmpty],
  [rule.socketIoNamespace, { pattern: '^(/|\\$\\{)' }],
  [rule.stompCommand, { pattern: `^([A-Z]|${VARIABLE})+$` }],
  [variableName, { pattern: NAME.source }],
  [checkUrl, { minLength: 1, pattern: `^(${anyCase('ws')}([sS]?://|\\+${anyCase('unix')}:/)|\\$\\{)` }],
  [
    proxyRule,
    {
      anyOf: [
        { enum: ['auto', 'none'] },
        { pattern: `^(${PROXY_SCHEMES.map(anyCase).join('|')})://[^\\s/]+/?$|\\$\\{` },
      ],
    },
  ],
  [checkDialect, notEmpty],
]);

/** The same of rules about whole values; of most it can say nothing. */
export const CHECK_SHAPES: ReadonlyMap<Check, JsonSchema> = new Map<Check, JsonSchema>([
  [onlyTrue, { const: true }],
  [checkTrue, { const: true }],
  [checkProtobufValue, { type: 'object' }],
  [checkMqttPacket, { type: 'object', required: ['cmd'] }],
  [checkCloseCodes, { anyOf: [{ maximum: 1003 }, { minimum: 1007, maximum: 1014 }, { minimum: 3000 }] }],
  [checkMatch, { minProperties: 1, maxProperties: 4 }],
  [checkMatchKeys, { minProperties: 1, maxProperties: 4 }],
]);

/** A pattern of a JSON schema has no flags. */
function anyCase(text: string): string {
  return text.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
