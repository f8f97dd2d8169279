import type { CloseInfo } from '../../core/base/model.js';
import type { CloseText, InspectorState } from '../../protocol/inspector.js';
import { closeTexts, loadCloseTexts } from '../closeTexts.js';
import type { ProbeTarget } from '../target/probeTarget.js';

/** The state with everything it needs loaded. */
export async function firstInspectorState(subject: ProbeTarget): Promise<InspectorState> {
  await loadCloseTexts();
  return toInspectorState(subject);
}

export function toInspectorState(subject: ProbeTarget): InspectorState {
  const { id, name, url, revision, target } = subject;
  const { status, progress, variations, report, error, restored, fix } = subject.run;
  return {
    revision,
    id,
    name,
    url,
    status,
    progress,
    variations,
    report,
    error,
    restored,
    fix,
    hasProfile: target.kind === 'file' && !subject.readOnly,
    closeExplanation: explain(subject),
    session: subject.session.handle?.snapshot ?? null,
    savedMessages: subject.session.saved,
    sentMessages: subject.session.sent,
    readOnly: subject.readOnly,
    filter: subject.filter,
  };
}

/** Of the session, where there is one: the report may be an earlier connection's. */
function explain({ session: { handle }, run: { report } }: ProbeTarget): CloseText | null {
  if (handle) {
    const { close, dialect, subprotocol } = handle.snapshot;
    return close && inWords(close, dialect ?? subprotocol);
  }
  return report?.close ? inWords(report.close, report.dialect ?? report.subprotocol.selected) : null;
}

function inWords({ code, reason, initiator, evidence }: CloseInfo, dialect: string | null): CloseText | null {
  const explanation = closeTexts()?.explainDialectClose(code, { dialect, reason, initiator, evidence });
  if (!explanation) return null;
  const { name, meaning, actions } = explanation;
  return { name, meaning, actions };
}
