import { reindent } from '../../src/core/text/json.js';
import { formatBytes } from '../../src/core/text/sizes.js';
import type { OutgoingMessage } from '../../src/protocol/session.js';
import { jsonProblem, placeOf } from '../detail/jsonProblem.js';
import { sessionWords } from '../session/strings.js';
import { fill } from '../shared/fill.js';
import { composerWords } from './strings.js';

/** What a draft is worth: its bytes as far as they are known here, or why it cannot be sent. */
export interface DraftCheck {
  /** Null for a file, for what is encoded, and where something is wrong. A variable counts as it is written. */
  readonly bytes: number | null;
  readonly problem: string | null;
}

const VARIABLE = /\$\{[^${}]*\}/g;

export function checkDraft({ format, content }: OutgoingMessage): DraftCheck {
  switch (format) {
    case 'hex':
      return checkHex(content);
    case 'base64':
      return checkBase64(content);
    case 'file':
      return content === '' ? bad(composerWords.message.problems.file) : { bytes: null, problem: null };
    case 'text':
      return good(utf8Bytes(content));
    default: {
      const problem = jsonProblem(withoutVariables(content));
      if (!problem) return format === 'json' ? good(utf8Bytes(content)) : { bytes: null, problem: null };
      const place = placeOf(content, problem.index);
      const words = composerWords.message.problems;
      return bad(fill(format === 'json' ? words.json : words.jsonOnly, { message: problem.message, ...place }));
    }
  }
}

/** A control frame's payload: 125 bytes at most (RFC 6455 5.5). */
export function checkControl(bytes: number): string | null {
  return bytes > 125 ? fill(composerWords.message.problems.size, { bytes: formatBytes(bytes) }) : null;
}

/** A reason stands behind the two bytes of the code. */
export function checkReason(reason: string): string | null {
  const bytes = utf8Bytes(reason);
  return bytes > 123 ? fill(sessionWords.closeForm.longReason, { bytes }) : null;
}

/** RFC 6455 7.4: what an endpoint may send. */
export function checkCode(code: number): string | null {
  const known = (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
  return Number.isInteger(code) && known ? null : sessionWords.closeForm.badCode;
}

/** The same JSON, indented; null when it is none. Variables stay as they are. */
export function formatJson(text: string): string | null {
  return jsonProblem(withoutVariables(text)) ? null : reindent(text);
}

export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** A variable may stand for any value: digits of the same length take its place, so that columns stay true. */
function withoutVariables(text: string): string {
  return text.replace(VARIABLE, (variable) => '1'.repeat(variable.length));
}

function checkHex(content: string): DraftCheck {
  const text = content.replace(VARIABLE, (variable) => ' '.repeat(variable.length));
  const wrong = /[^0-9a-fA-F\s]/.exec(text);
  if (wrong) {
    return bad(fill(composerWords.message.problems.hexDigit, { character: wrong[0], column: wrong.index + 1 }));
  }
  const digits = text.replace(/\s/g, '').length;
  return digits % 2 === 0 ? good(digits / 2) : bad(composerWords.message.problems.hexOdd);
}

function checkBase64(content: string): DraftCheck {
  const text = content.trim();
  const wrong = /[^A-Za-z0-9+/=\s]|=(?=\s*[^=\s])/.exec(text);
  if (wrong) {
    return bad(fill(composerWords.message.problems.base64Character, { character: wrong[0], column: wrong.index + 1 }));
  }
  const characters = text.replace(/\s/g, '');
  const padding = /=*$/.exec(characters)?.[0].length ?? 0;
  if (characters.length % 4 !== 0 || padding > 2) {
    return bad(fill(composerWords.message.problems.base64Length, { count: characters.length % 4 }));
  }
  return good((characters.length / 4) * 3 - padding);
}

function good(bytes: number): DraftCheck {
  return { bytes, problem: null };
}

function bad(problem: string): DraftCheck {
  return { bytes: null, problem };
}
