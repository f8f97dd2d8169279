import type { Ref } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Foreign } from '../shared/foreign.js';
import { type Column, COLUMN_STEP, type ColumnsState, resized } from './columns.js';
import { logWords } from './strings.js';
import { Hidden } from '../shared/texts.js';
import { isMenuKey } from '../shared/keys.js';

export interface ColumnMenuPlace {
  readonly x: number;
  readonly y: number;
  readonly column: Column;
  readonly widthPx: number;
}

export interface LogHeadProps {
  readonly head: Ref<HTMLDivElement>;
  readonly columns: readonly Column[];
  readonly state: ColumnsState;
  readonly change: (state: ColumnsState) => void;
  readonly onMenu: (at: ColumnMenuPlace) => void;
  /** The focus goes back to the rows. */
  readonly onLeave: () => void;
}

/**
 * The names of the columns. They have one tab stop: arrow keys go from one to the next, with Shift they change its width,
 * Enter opens its menu. Its edge is dragged, and gives it its usual width back by a double click.
 */
export function LogHead({ head, columns, state, change, onMenu, onLeave }: LogHeadProps) {
  const [stop, setStop] = useState('time');
  const drag = useRef<{ readonly id: string; readonly x: number; readonly px: number } | null>(null);
  const reached = columns.some(({ id }) => id === stop) ? stop : 'content';
  const openMenu = (column: Column, cell: Element, x?: number) => {
    const { left, bottom, width } = cell.getBoundingClientRect();
    onMenu({ x: x ?? left, y: bottom, column, widthPx: width });
  };
  const onKeyDown = (event: KeyboardEvent, column: Column) => {
    const cell = event.currentTarget as HTMLElement;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by !== undefined && event.shiftKey) {
      if (column.width) change(resized(state, column.id, cell.getBoundingClientRect().width + by * COLUMN_STEP));
    } else if (by !== undefined) {
      const next = by < 0 ? cell.previousElementSibling : cell.nextElementSibling;
      if (next instanceof HTMLElement && next.tabIndex >= -1 && next.hasAttribute('tabindex')) next.focus();
    } else if (['Enter', ' '].includes(event.key) || isMenuKey(event)) {
      openMenu(column, cell);
    } else if (event.key === 'Escape' || event.key === 'ArrowDown') onLeave();
    else return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={head} class="log-head" role="row" aria-rowindex={1}>
      {columns.map((column, at) => {
        const { id, name, width } = column;
        const isMark = name === 'mark';
        return (
          <div
            key={id}
            role="columnheader"
            class={`cell-${name}`}
            aria-colindex={at + 1}
            {...(name === 'path' ? { style: { width: `var(${width}, 140px)` } } : {})}
            {...(isMark ? {} : { tabIndex: id === reached ? 0 : -1, 'aria-describedby': 'log-columns-help' })}
            {...titleOf(column)}
            onFocus={() => setStop(id)}
            onKeyDown={(event) => onKeyDown(event, column)}
            onContextMenu={(event) => {
              event.preventDefault();
              event.stopPropagation();
              if (event.button === 2) openMenu(column, event.currentTarget, event.clientX);
            }}
          >
            <Name column={column} />
            {width === null ? null : (
              <span
                class="column-grip"
                onPointerDown={(event) => {
                  if (event.button !== 0) return;
                  const px = event.currentTarget.parentElement?.getBoundingClientRect().width ?? 0;
                  drag.current = { id, x: event.clientX, px };
                  event.currentTarget.setPointerCapture(event.pointerId);
                  event.preventDefault();
                }}
                onPointerMove={(event) => {
                  const { current } = drag;
                  if (current?.id === id && event.currentTarget.hasPointerCapture(event.pointerId))
                    change(resized(state, id, current.px + event.clientX - current.x));
                }}
                onPointerUp={() => (drag.current = null)}
                onDblClick={() => change(resized(state, id, null))}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

function titleOf({ name, id }: Column): { readonly title?: string } {
  const { sizeTitle, wireTitle } = logWords.rows;
  const title = { size: sizeTitle, wire: wireTitle, path: id }[name as 'size'];
  return title === undefined ? {} : { title };
}

function Name({ column: { name, id } }: { readonly column: Column }) {
  const { columns } = logWords.rows;
  if (name === 'path') return <Foreign text={id} />;
  if (name === 'mark') return <Hidden>{columns.mark}</Hidden>;
  if (name === 'direction') return <span class="direction-word">{columns.direction}</span>;
  if (name === 'number') return <span title={columns.number}>{logWords.rows.numberSign}</span>;
  return <>{columns[name]}</>;
}
