import { formatBytes } from '../../src/core/text/sizes.js';
import type { LogStatus } from '../../src/protocol/session.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import type { LogModel } from './logModel.js';
import { useStore } from './store.js';
import { logWords } from './strings.js';
import { formatSincePrevious } from './times.js';

export interface LogStatusProps {
  readonly log: LogModel;
  /** Rows may still come. */
  readonly live: boolean;
}

/** What the log holds, and what it no longer holds: always in sight. */
export function LogStatusView({ log, live }: LogStatusProps) {
  useStore(log, () => [
    log.status,
    log.feed,
    log.feed?.known,
    log.feed?.scanning,
    log.selection.cursor,
    log.selection.mate,
  ]);
  const { status } = log;
  if (!status) return <div class="log-status" />;
  return (
    <div class="log-status" role="group" aria-label={logWords.status.region}>
      {statusParts(log, status).map((part) => (
        <span key={part}>{part}</span>
      ))}
      {status.spillError === null ? null : (
        <span class="status-problem">
          {icon('warning')} <Foreign text={fill(logWords.status.spill, { error: status.spillError })} />
        </span>
      )}
      {live ? <Following log={log} /> : null}
      <Between log={log} />
    </div>
  );
}

/** Whether the log follows its end: a state that is always said. */
function Following({ log }: { readonly log: LogModel }) {
  useStore(log, () => [log.follow, log.follow ? 0 : log.visible().end, log.news]);
  const text = logWords.rows;
  if (log.follow) return <span class="follow-said">{text.following}</span>;
  const { end } = log.visible();
  const where = log.total > 0 ? fill(text.pausedAt, { row: formatCount(end) }) : text.paused;
  return (
    <span class="follow-said paused">
      {log.news > 0 ? `${where} · ${fill(text.news, { count: formatCount(log.news) })}` : where}
    </span>
  );
}

/** The time between two chosen rows. */
function Between({ log }: { readonly log: LogModel }) {
  const a = log.selection.mate?.row;
  const b = log.selection.cursor?.row;
  if (!a || !b) return null;
  const time = formatSincePrevious(Math.abs(b.atMs - a.atMs)).slice(1);
  return (
    <strong class="between" role="status">
      {fill(logWords.rows.between, { time })}
    </strong>
  );
}

function statusParts(log: Pick<LogModel, 'feed' | 'mode'>, status: LogStatus): readonly string[] {
  const text = logWords.status;
  const known = log.feed?.known ?? 0;
  const all = log.mode === 'wire' ? status.frames : status.messages;
  const filtered = log.feed !== null && log.feed.filter !== '';
  const rows = filtered
    ? fill(text.filtered, { shown: formatCount(known), count: formatCount(Math.max(all, known)) })
    : known === 1
      ? text.row
      : fill(text.rows, { count: formatCount(known) });
  const { droppedFrames, droppedPayloads, payloadBytesInMemory, payloadBytesOnDisk, loadedPercent } = status;
  return [
    rows,
    ...(loadedPercent === undefined ? [] : [fill(text.loaded, { percent: loadedPercent })]),
    ...(log.feed?.scanning ? [text.scanning] : []),
    fill(text.memory, { bytes: formatBytes(payloadBytesInMemory) }),
    ...(payloadBytesOnDisk > 0 ? [fill(text.disk, { bytes: formatBytes(payloadBytesOnDisk) })] : []),
    ...(droppedPayloads > 0 ? [fill(text.payloads, { count: formatCount(droppedPayloads) })] : []),
    ...(droppedFrames > 0 ? [fill(text.dropped, { count: formatCount(droppedFrames) })] : []),
  ];
}
