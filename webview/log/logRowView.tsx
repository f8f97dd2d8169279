import { Component } from 'preact';
import type { LogRow } from '../../src/protocol/session.js';
import { Foreign } from '../shared/foreign.js';
import { contentBytes, flagsOf, sizeText, typeOf } from './rowText.js';
import { logWords } from './strings.js';

export interface LogRowProps {
  readonly position: number;
  readonly row: LogRow | undefined;
  readonly top: number;
  readonly time: string;
  readonly chosen: boolean;
  readonly current: boolean;
  readonly wire: boolean;
}

/** One line of the log. It is used again for other rows as the window moves: only what differs is written. */
export class LogRowView extends Component<LogRowProps> {
  override shouldComponentUpdate(next: LogRowProps): boolean {
    const now = this.props;
    return (
      next.row !== now.row ||
      next.position !== now.position ||
      next.top !== now.top ||
      next.time !== now.time ||
      next.chosen !== now.chosen ||
      next.current !== now.current ||
      next.wire !== now.wire
    );
  }

  override render({ position, row, top, time, chosen, current, wire }: LogRowProps) {
    const kind = row ? `log-row row-${row.direction} kind-${row.kind}` : 'log-row loading';
    return (
      <div
        id={rowId(position)}
        role="row"
        class={`${kind}${chosen ? ' chosen' : ''}${current ? ' current' : ''}`}
        aria-rowindex={position + 2}
        aria-selected={chosen}
        data-position={position}
        style={{ top: `${top}px` }}
      >
        {row ? cells(row, time, wire) : <Placeholder />}
      </div>
    );
  }
}

export function rowId(position: number): string {
  return `log-row-${position}`;
}

function Placeholder() {
  return (
    <div role="gridcell" class="cell-wait" aria-label={logWords.rows.loading}>
      <span class="wait-bar" />
    </div>
  );
}

function cells(row: LogRow, time: string, wire: boolean) {
  const event = row.kind === 'event';
  return (
    <>
      <div role="gridcell" class="cell-mark">
        {row.marked ? (
          <>
            <span aria-hidden="true">◆</span>
            <span class="visually-hidden">{logWords.rows.marked}</span>
          </>
        ) : null}
      </div>
      <div role="gridcell" class="cell-time">
        {time}
      </div>
      <div role="gridcell" class="cell-direction">
        {event ? null : (
          <>
            <span class="arrow" aria-hidden="true">
              {row.direction === 'sent' ? '↑' : '↓'}
            </span>
            <span class="direction-word">{logWords.rows.direction[row.direction]}</span>
          </>
        )}
      </div>
      <div role="gridcell" class="cell-type">
        {typeOf(row)}
        {flagsOf(row, wire).map((flag) => (
          <span key={flag} class={flag.startsWith('RSV') ? 'flag flag-rsv1' : 'flag'}>
            {flag}
          </span>
        ))}
      </div>
      <div role="gridcell" class="cell-size">
        {event ? '' : sizeText(contentBytes(row))}
      </div>
      <div role="gridcell" class="cell-wire">
        {event || row.wire === 'unknown' ? '' : sizeText(row.wireBytes)}
      </div>
      <div role="gridcell" class="cell-content">
        {row.place === 'memory' || event ? null : (
          <span class="place">{row.place === 'disk' ? logWords.rows.moved : logWords.rows.gone}</span>
        )}
        {row.deflated ? <span class="place">{logWords.rows.deflated}</span> : null}
        {row.label === null ? null : (
          <span class="label">
            <Foreign text={row.label.slice(0, 120)} />
          </span>
        )}
        <Foreign text={row.preview} />
      </div>
    </>
  );
}
