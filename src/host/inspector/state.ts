import { explainClose } from '../../core/close/explainClose.js';
import type { CloseText, InspectorState } from '../../protocol/inspector.js';
import type { ProbeTarget } from '../probes.js';

export function toInspectorState(subject: ProbeTarget): InspectorState {
  const { id, name, url, status, progress, report, error, restored, revision, target } = subject;
  return {
    revision,
    id,
    name,
    url,
    status,
    progress,
    report,
    error,
    restored,
    hasProfile: target.kind === 'file' && !subject.readOnly,
    closeExplanation: explainReport(report),
    session: subject.session?.snapshot ?? null,
    savedMessages: subject.savedMessages,
    sentMessages: subject.sentMessages,
    readOnly: subject.readOnly,
  };
}

function explainReport(report: InspectorState['report']): CloseText | null {
  if (!report?.close) return null;
  const { code, reason, initiator, evidence } = report.close;
  const { name, meaning, actions } = explainClose(code, {
    dialect: report.subprotocol.selected,
    reason,
    initiator,
    evidence,
  });
  return { name, meaning, actions };
}
