import type { Evidence } from '../base/evidence.js';
import type { ProxyInfo } from '../base/model.js';
import { redactFrames } from '../record/redactFrames.js';
import type { Redactor } from '../redaction/redactor.js';

/**
 * The whole record that rules see, without a secret anywhere in it: URLs and headers by their names as well, frames by message.
 * A new field of the record needs no line here.
 */
export function redactEvidence(evidence: Evidence, redactor: Redactor): Evidence {
  const { plan, report } = evidence;
  return redactor.deep<Evidence>({
    ...evidence,
    plan: { ...plan, secrets: [], url: redactor.url(plan.url) },
    report: {
      ...report,
      url: redactor.url(report.url),
      request: withHeaders(report.request, redactor),
      response: withHeaders(report.response, redactor),
      proxy: report.proxy && redactProxy(report.proxy, redactor),
      frames: redactFrames(report.frames, redactor),
      steps: report.steps.map((row) => (row.frames ? { ...row, frames: redactFrames(row.frames, redactor) } : row)),
    },
  });
}

function redactProxy(proxy: ProxyInfo, redactor: Redactor): ProxyInfo {
  return { ...proxy, headers: redactor.headers(proxy.headers), request: withHeaders(proxy.request, redactor) };
}

/** Headers whose name tells of a credential go whether the value is known or not. */
export function withHeaders<T extends Pick<ProxyInfo, 'headers'> | null>(message: T, redactor: Redactor): T {
  return message && { ...message, headers: redactor.headers(message.headers) };
}
