import { useCallback, useEffect, useState } from 'preact/hooks';
import { formatDuration } from '../../src/core/text/durations.js';
import type { InspectorSessionRequests } from '../../src/protocol/inspector.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { Foreign } from '../shared/foreign.js';
import { type Ask } from '../shared/parts.js';
import { problemText } from './problemText.js';
import { sessionWords } from './strings.js';
import { TableHead } from '../shared/table.js';
import { Muted, Quiet } from '../shared/texts.js';

const REFRESH_MS = 1000;
const MAX_UNANSWERED = 200;

type Operations = InspectorSessionRequests['operations']['result'];

export interface OperationsProps {
  readonly ask: Ask;
  /** Milliseconds since the session began, now. */
  readonly nowMs: number;
  readonly live: boolean;
  /** Shows a row of the log; false when the log as shown has none of that id. */
  readonly onShow: (id: number) => Promise<boolean>;
}

/** Requests and their replies: how long each kind takes, and what was never answered. */
export function OperationsView({ ask, nowMs, live, onShow }: OperationsProps) {
  const text = sessionWords.operations;
  const [found, setFound] = useState<Operations | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const refresh = useCallback(() => {
    return ask('operations', null).then(
      (next) => {
        setFound(next);
        setProblem(null);
      },
      (error: unknown) => setProblem(problemText(error)),
    );
  }, [ask]);
  useEffect(() => {
    let here = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const round = () => {
      void refresh().then(() => {
        if (here && live) timer = setTimeout(round, REFRESH_MS);
      });
    };
    round();
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [refresh, live]);
  const show = (id: number) => {
    onShow(id).then(
      (there) => setProblem(there ? null : text.gone),
      (error: unknown) => setProblem(problemText(error)),
    );
  };
  return (
    <div class="operations">
      <p class={problem ? 'notice' : 'visually-hidden'} role="status">
        {problem ? <Foreign text={problem} /> : null}
      </p>
      {found !== null && found.missed > 0 ? <p class="notice">{missedText(found.missed)}</p> : null}
      {found === null ? null : found.operations.length === 0 ? (
        <div class="empty">
          <p class="log-empty-title">{text.none}</p>
          <p>{text.noneHint}</p>
        </div>
      ) : (
        <>
          <OperationsTable operations={found.operations} />
          <Unanswered found={found} nowMs={nowMs} onShow={show} />
        </>
      )}
    </div>
  );
}

function missedText(missed: number): string {
  const { missedOne, missed: many } = sessionWords.operations;
  return missed === 1 ? missedOne : fill(many, { count: formatCount(missed) });
}

const NUMBERS = ['count', 'p50', 'p95', 'p99', 'max', 'failed', 'unanswered'] as const;

function OperationsTable({ operations }: Pick<Operations, 'operations'>) {
  const { columns, table } = sessionWords.operations;
  return (
    <section aria-labelledby="operations-title">
      <h3 id="operations-title">{table}</h3>
      <table class="grid-table operations-table" aria-labelledby="operations-title">
        <TableHead columns={[columns.operation, ...NUMBERS.map((name) => [columns[name], 'number'] as const)]} />
        <tbody>
          {operations.map((each) => (
            <tr key={each.operation}>
              <th scope="row" class="mono">
                <Foreign text={each.operation} />
              </th>
              <td class="number" data-label={columns.count}>
                {formatCount(each.count)}
              </td>
              <td class="number" data-label={columns.p50}>
                {formatDuration(each.p50Ms)}
              </td>
              <td class="number" data-label={columns.p95}>
                {formatDuration(each.p95Ms)}
              </td>
              <td class="number" data-label={columns.p99}>
                {formatDuration(each.p99Ms)}
              </td>
              <td class="number" data-label={columns.max}>
                {formatDuration(each.maxMs)}
              </td>
              <td class={each.failed > 0 ? 'number bad' : 'number quiet'} data-label={columns.failed}>
                {formatCount(each.failed)}
              </td>
              <td class={each.unanswered > 0 ? 'number warn' : 'number quiet'} data-label={columns.unanswered}>
                {formatCount(each.unanswered)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface UnansweredProps {
  readonly found: Operations;
  readonly nowMs: number;
  readonly onShow: (id: number) => void;
}

function Unanswered({ found, nowMs, onShow }: UnansweredProps) {
  const text = sessionWords.operations;
  const { unanswered } = found;
  if (unanswered.length === 0) return <Quiet>{text.unansweredAll}</Quiet>;
  return (
    <section aria-labelledby="unanswered-title">
      <h3 id="unanswered-title">{text.unanswered}</h3>
      <ul class="unanswered">
        {unanswered.slice(0, MAX_UNANSWERED).map((each) => (
          <li key={each.id}>
            <button type="button" class="link mono" title={text.show} onClick={() => onShow(each.id)}>
              <Foreign text={each.operation} />
            </button>{' '}
            <Muted>{fill(text.waiting, { time: formatDuration(Math.max(0, nowMs - each.atMs)) })}</Muted>
          </li>
        ))}
      </ul>
      {unanswered.length > MAX_UNANSWERED ? (
        <Quiet>{fill(text.cut, { count: formatCount(MAX_UNANSWERED) })}</Quiet>
      ) : null}
    </section>
  );
}
