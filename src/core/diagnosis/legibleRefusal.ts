import type { Evidence } from '../base/evidence.js';
import type { HeaderPair } from '../base/model.js';
import { failedIn } from './facts.js';

/**
 * The evidence with the refusal that a broken head holds all the same: servers that write one by hand get line ends or headers wrong,
 * or hang up behind the first line, and mean it. Null where nothing was refused, or nothing can be read.
 */
export function legibleRefusal(evidence: Evidence): Evidence | null {
  if (!failedIn(evidence, 'upgrade', 'malformed', 'end')) return null;
  const { firstBytes, bytesReceived } = evidence.stream;
  const [head = '', ...rest] = new TextDecoder().decode(firstBytes).split(/\r?\n\r?\n/);
  const [first = '', ...lines] = head.split(/\r?\n/);
  const [, httpVersion, status = '', reason = ''] = /^HTTP\/(1\.[01]) +([45]\d\d)(?: +(.*))?$/.exec(first) ?? [];
  if (httpVersion === undefined) return null;
  const headers = lines.flatMap((line): HeaderPair[] => {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]{1,60})[ \t]*:[ \t]*(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value]];
  });
  const text = rest.join('\n\n');
  const body = { text, bytes: Buffer.byteLength(text), truncated: bytesReceived > firstBytes.length };
  return {
    ...evidence,
    failure: { phase: 'upgrade', kind: 'status', code: status, message: '' },
    report: { ...evidence.report, response: { httpVersion, status: Number(status), reason, headers, body } },
  };
}
