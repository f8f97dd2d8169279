import type { ProbePlan } from '../base/plan.js';
import { socketAddressOf } from '../base/url.js';
import { Redactor } from '../redaction/redactor.js';

/** Whether a part of an address holds a secret of the plan; percent escapes hide nothing. */
export function holdsSecret(text: string, { secrets }: Pick<ProbePlan, 'secrets'>): boolean {
  const redactor = new Redactor(secrets);
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_escape, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return [text, Buffer.from(bytes, 'latin1').toString('utf8')].some((spelling) => redactor.text(spelling) !== spelling);
}

export function isSameOrigin(a: URL, b: URL): boolean {
  const sockets = [a, b].map((url) => socketAddressOf(url)?.socketPath);
  return a.protocol === b.protocol && a.host === b.host && sockets[0] === sockets[1];
}
