import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Step } from './chosen.js';
import { type ColumnsState, columnsOf, widthStyles } from './columns.js';
import { type ColumnMenuPlace, LogHead } from './logHead.js';
import { isMenuKey, type MenuAt, menuBelow } from '../shared/keys.js';
import type { LogModel } from './logModel.js';
import { LogRowView, rowId } from './logRowView.js';
import type { ConnectionName, ConnectionNames } from './connectionNames.js';
import { useStore } from './store.js';
import { logWords } from './strings.js';
import { formatGap, formatRowTime, type RowTime } from './times.js';
import { useScroller } from './useScroller.js';
import { positionOf, spacerPx } from './viewport.js';

/** Rows are placed from a base that rarely moves, so that scrolling moves one element and not sixty. */
const BASE_ROWS = 1000;
const AT_REST_MS = 300;

const STEPS: Readonly<Record<string, Step>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Home: 'first',
  End: 'last',
};

/** Where a menu opens, and over which column: its name, or its path. */
export interface MenuPlace extends MenuAt {
  readonly cell: string;
}

export interface LogGridProps {
  readonly log: LogModel;
  readonly times: Pick<RowTime, 'mode' | 'startedAtMs' | 'originMs'>;
  readonly columns: ColumnsState;
  /** Whose rows these are, by number; null: they are of one connection. */
  readonly names: ConnectionNames | null;
  readonly onColumns: (columns: ColumnsState) => void;
  readonly onColumnMenu: (at: ColumnMenuPlace) => void;
  readonly onOpen: () => void;
  readonly onFind: () => void;
  readonly onCopy: () => void;
  /** Times count from the chosen row. */
  readonly onOrigin: () => void;
  readonly onMenu: (at: MenuPlace) => void;
  readonly onProblem: (error: unknown) => void;
}

/** The rows that show, out of any number, as one ARIA grid with one tab stop. */
export function LogGrid(props: LogGridProps) {
  const { log, times, columns: state, names, onColumns, onColumnMenu, onOpen, onFind, onCopy } = props;
  const { onOrigin, onMenu, onProblem } = props;
  useStore(log, () => [{}]);
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  useScroller(scroller, head, log);
  const { mode } = log;
  const columns = useMemo(() => columnsOf(state, mode, names !== null), [state, mode, names !== null]);

  const onKeyDown = (event: KeyboardEvent) => {
    const command = event.ctrlKey || event.metaKey;
    const step = STEPS[event.key];
    if (command && event.key.toLowerCase() === 'f') onFind();
    else if (command && event.key.toLowerCase() === 'c' && log.selection.cursor) onCopy();
    else if (isMenuKey(event)) openMenu();
    else if (step && !command && !event.altKey) log.step(step, event.shiftKey);
    else if (event.key === 'Enter') onOpen();
    else if (event.key === 'Escape' && log.selection.cursor) log.unchoose();
    else if (event.key.toLowerCase() === 'm' && !command && !event.altKey) log.toggleMark().catch(onProblem);
    else if (event.key.toLowerCase() === 't' && !command && !event.altKey && log.selection.cursor) onOrigin();
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const position = positionAt(event);
    if (position !== null) log.choose(position, event.shiftKey);
  };
  /** By the keyboard: at the chosen row. */
  const openMenu = () => {
    const position = log.selection.cursor?.position;
    const row = position === undefined ? null : document.getElementById(rowId(position));
    if (row) onMenu({ ...menuBelow(row), cell: 'content' });
  };
  const onContextMenu = (event: MouseEvent) => {
    event.preventDefault();
    const position = positionAt(event);
    // The key has a menu of its own; its event names no place.
    if (position === null || event.button !== 2) return;
    log.chooseForMenu(position);
    const cell = event.target instanceof Element ? event.target.closest('[data-column]') : null;
    onMenu({ x: event.clientX, y: event.clientY, cell: cell?.getAttribute('data-column') ?? '' });
  };

  const metrics = log.metrics;
  const { first, end } = log.visible();
  // Rows are used again for others as they leave, so they stand in any order: once at rest, it is told which one follows which.
  useEffect(() => {
    const timer = setTimeout(() => {
      const ids = Array.from({ length: end - first }, (_, at) => rowId(first + at));
      scroller.current?.setAttribute('aria-owns', ids.join(' '));
    }, AT_REST_MS);
    return () => clearTimeout(timer);
  }, [first, end]);
  const base = Math.floor(first / BASE_ROWS) * BASE_ROWS;
  const offset = base * log.rowPx - positionOf(log.anchor, metrics);
  const pool = Math.max(1, Math.min(metrics.rows, Math.ceil(log.viewPx / log.rowPx) + 1));
  const active =
    log.selection.cursor && log.selection.cursor.position >= first && log.selection.cursor.position < end
      ? log.selection.cursor.position
      : null;
  const slots = Array.from(
    { length: Math.min(pool, metrics.rows) },
    (_, slot) => first + ((slot - (first % pool) + pool) % pool),
  );
  return (
    <div
      ref={scroller}
      class={`log-scroll mode-${mode}${keptClasses(state)}`}
      style={widthStyles(state, columns)}
      role="grid"
      tabIndex={0}
      aria-label={logWords.rows.grid}
      aria-rowcount={metrics.rows + 1}
      aria-colcount={columns.length}
      aria-multiselectable
      aria-describedby="log-help"
      {...(active === null ? {} : { 'aria-activedescendant': rowId(active) })}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onContextMenu={onContextMenu}
    >
      <div class="log-layer" role="presentation">
        <LogHead
          head={head}
          columns={columns}
          state={state}
          change={onColumns}
          onMenu={onColumnMenu}
          onLeave={() => scroller.current?.focus()}
        />
        <div
          class="log-window"
          role="presentation"
          style={{ height: `${log.viewPx}px`, '--log-row': `${log.rowPx}px` }}
        >
          <div class="log-rows" role="presentation" style={{ transform: `translateY(${offset}px)` }}>
            {slots.map((position, slot) =>
              position < end ? (
                <LogRowView
                  key={slot}
                  position={position}
                  row={log.row(position)}
                  top={(position - base) * log.rowPx}
                  {...timesOf(log, position, times)}
                  chosen={position === log.selection.cursor?.position || position === log.selection.mate?.position}
                  current={position === log.selection.cursor?.position}
                  columns={columns}
                  name={nameOf(names, log.row(position)?.connection)}
                  wire={mode === 'wire'}
                />
              ) : null,
            )}
          </div>
        </div>
      </div>
      <div class="log-spacer" role="presentation" style={{ height: `${spacerPx(metrics)}px` }} />
    </div>
  );
}

function nameOf(names: ConnectionNames | null, connection: number | undefined): ConnectionName | null {
  return (connection !== undefined && names?.[connection]) || null;
}

function positionAt({ target }: MouseEvent): number | null {
  const row = target instanceof Element ? target.closest('[data-position]') : null;
  return row ? Number(row.getAttribute('data-position')) : null;
}

/** A column that a person wants is not left out where there is little room. */
function keptClasses({ chosen }: ColumnsState): string {
  return Object.entries(chosen)
    .flatMap(([name, on]) => (on ? ` keeps-${name}` : ''))
    .join('');
}

function timesOf(log: LogModel, position: number, times: LogGridProps['times']) {
  const row = log.row(position);
  if (!row) return { time: '', gap: null };
  const { atMs } = row;
  const previousMs = log.row(position - 1)?.atMs ?? null;
  return { time: formatRowTime({ ...times, atMs, previousMs }), gap: formatGap(atMs, previousMs) };
}
