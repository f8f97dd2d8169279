import { Component } from 'preact';
import type { LogRow, RowValue } from '../../src/protocol/session.js';
import { fill } from '../shared/fill.js';
import { Foreign } from '../shared/foreign.js';
import type { Column, ColumnName } from './columns.js';
import type { ConnectionName } from './connectionNames.js';
import { contentBytes, flagsOf, sizeText, typeOf } from './rowText.js';
import { logWords } from './strings.js';
import { Hidden } from '../shared/texts.js';

export interface LogRowProps {
  readonly position: number;
  readonly row: LogRow | undefined;
  readonly top: number;
  readonly time: string;
  /** How long nothing came before it, where that is long. */
  readonly gap: string | null;
  readonly chosen: boolean;
  readonly current: boolean;
  readonly columns: readonly Column[];
  /** Of its connection; null: its number says all. */
  readonly name: ConnectionName | null;
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
      next.gap !== now.gap ||
      next.chosen !== now.chosen ||
      next.current !== now.current ||
      next.columns !== now.columns ||
      next.name !== now.name ||
      next.wire !== now.wire
    );
  }

  override render({ position, row, top, time, gap, chosen, current, columns, name, wire }: LogRowProps) {
    const kind = row ? `log-row row-${row.direction} kind-${row.kind}` : 'log-row loading';
    return (
      <div
        id={rowId(position)}
        role="row"
        class={`${kind}${chosen ? ' chosen' : ''}${current ? ' current' : ''}${gap ? ' after-gap' : ''}`}
        aria-rowindex={position + 2}
        aria-selected={chosen}
        data-position={position}
        style={{ top: `${top}px` }}
      >
        {row ? (
          columns.map((column) => (
            <Cell key={column.id} column={column} row={row} time={time} gap={gap} of={name} wire={wire} />
          ))
        ) : (
          <Placeholder />
        )}
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

interface CellProps {
  readonly column: Column;
  readonly row: LogRow;
  readonly time: string;
  readonly gap: string | null;
  readonly of: ConnectionName | null;
  readonly wire: boolean;
}

function Cell({ column: { id, name, width }, row, time, gap, of, wire }: CellProps) {
  const style = name === 'path' ? { width: `var(${width}, 140px)` } : {};
  return (
    <div role="gridcell" class={`cell-${name}`} data-column={id} style={style}>
      {name === 'connection' ? <Connection number={row.connection} of={of} /> : contentOf(name, id, row, time, wire)}
      {name === 'content' && gap ? <span class="gap">{fill(logWords.rows.gap, { time: gap })}</span> : null}
    </div>
  );
}

function contentOf(name: ColumnName, id: string, row: LogRow, time: string, wire: boolean) {
  const event = row.kind === 'event';
  switch (name) {
    case 'mark':
      return row.marked ? (
        <>
          <span aria-hidden="true">◆</span>
          <Hidden>{logWords.rows.marked}</Hidden>
        </>
      ) : null;
    case 'number':
      return row.id;
    case 'time':
      return time;
    case 'direction':
      return event ? null : (
        <>
          <span class="arrow" aria-hidden="true">
            {row.direction === 'sent' ? '↑' : '↓'}
          </span>
          <span class="direction-word">{logWords.rows.direction[row.direction]}</span>
        </>
      );
    case 'type':
      return (
        <>
          {typeOf(row)}
          {flagsOf(row, wire).map((flag) => (
            <span key={flag} class={flag.startsWith('RSV') ? 'flag flag-rsv1' : 'flag'}>
              {flag}
            </span>
          ))}
        </>
      );
    case 'size':
      return event ? '' : sizeText(contentBytes(row));
    case 'wire':
      return event || row.wire === 'unknown' ? '' : sizeText(row.wireBytes);
    case 'path':
      return <Value value={row.values?.[id]} />;
    default:
      return <Content row={row} />;
  }
}

function Connection({ number, of }: { readonly number: number; readonly of: ConnectionName | null }) {
  if (!of) return <>{number}</>;
  return (
    <span title={of.whole}>
      {number} <Foreign text={of.short} />
    </span>
  );
}

function Value({ value }: { readonly value: RowValue | null | undefined }) {
  if (value === undefined) return null;
  return value === null ? <span class="place">{logWords.rows.unread}</span> : <Foreign text={value.text} />;
}

function Content({ row }: { readonly row: LogRow }) {
  return (
    <>
      {row.place === 'memory' || row.kind === 'event' ? null : (
        <span class="place">{row.place === 'disk' ? logWords.rows.moved : logWords.rows.gone}</span>
      )}
      {row.deflated ? <span class="place">{logWords.rows.deflated}</span> : null}
      {row.label === null ? null : (
        <span class="label">
          <Foreign text={row.label.slice(0, 120)} />
        </span>
      )}
      <Foreign text={row.preview} />
    </>
  );
}
