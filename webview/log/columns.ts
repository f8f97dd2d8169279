import type { LogMode } from '../../src/protocol/session.js';
import { fieldsOf } from '../shared/fieldsOf.js';

/** What a person may show or hide; the mark and the content are always there. */
export const CHOICES = ['number', 'time', 'connection', 'direction', 'type', 'size', 'wire'] as const;
export type ColumnChoice = (typeof CHOICES)[number];
export type ColumnName = ColumnChoice | 'mark' | 'content' | 'path';

/** What a person did to the columns. */
export interface ColumnsState {
  /** Shown or hidden by a person; the others show where there is room for them. */
  readonly chosen: Readonly<Partial<Record<ColumnChoice, boolean>>>;
  /** In pixels, by the id of a column; a width of its own where there is none. */
  readonly widths: Readonly<Record<string, number>>;
  /** JSON paths, each a column. */
  readonly paths: readonly string[];
}

export interface Column {
  /** Its name, or its path. */
  readonly id: string;
  readonly name: ColumnName;
  /** The CSS variable of its width; null for the content, which takes what is left. */
  readonly width: string | null;
}

export const INITIAL_COLUMNS: ColumnsState = { chosen: {}, widths: {}, paths: [] };
/** As many as may be asked for. */
export const MAX_PATHS = 8;
export const MAX_PATH = 200;
export const COLUMN_STEP = 16;
const MIN_WIDTH = 28;
const MAX_WIDTH = 900;

/** Hidden until a person wants it: the others say as much at a glance. */
const OFF: readonly ColumnChoice[] = ['number'];

/** `isShared`: several connections have one log, so that a row says whose it is. */
export function isShown({ chosen }: ColumnsState, name: ColumnChoice, isShared: boolean): boolean {
  return chosen[name] ?? (name === 'connection' ? isShared : !OFF.includes(name));
}

/** From left to right. Paths select in messages, not in frames. */
export function columnsOf(state: ColumnsState, mode: LogMode, isShared: boolean): readonly Column[] {
  const fixed = CHOICES.filter((name) => isShown(state, name, isShared)).map((name) =>
    columnOf(name, name, `--w-${name}`),
  );
  const paths = mode === 'wire' ? [] : state.paths.map((path, at) => columnOf(path, 'path', `--w-path-${at}`));
  return [columnOf('mark', 'mark', null), ...fixed, ...paths, columnOf('content', 'content', null)];
}

function columnOf(id: string, name: ColumnName, width: string | null): Column {
  return { id, name, width };
}

/** The widths that a person chose, as CSS variables. */
export function widthStyles({ widths }: ColumnsState, columns: readonly Column[]): Readonly<Record<string, string>> {
  const set = columns.flatMap(({ id, width }) => (width && widths[id] !== undefined ? [[width, widths[id]]] : []));
  return Object.fromEntries(set.map(([name, px]) => [name, `${px}px`]));
}

export function resized(state: ColumnsState, id: string, px: number | null): ColumnsState {
  const { [id]: _old, ...others } = state.widths;
  return { ...state, widths: px === null ? others : { ...others, [id]: clampWidth(px) } };
}

export function toggled(state: ColumnsState, name: ColumnChoice, isShared: boolean): ColumnsState {
  return { ...state, chosen: { ...state.chosen, [name]: !isShown(state, name, isShared) } };
}

export function withPath(state: ColumnsState, path: string): ColumnsState {
  if (state.paths.includes(path) || state.paths.length >= MAX_PATHS) return state;
  return { ...state, paths: [...state.paths, path] };
}

export function withoutPath(state: ColumnsState, path: string): ColumnsState {
  return { ...resized(state, path, null), paths: state.paths.filter((each) => each !== path) };
}

/** A path as people write it: `type` and `.type` mean `$.type`. */
export function asPath(text: string): string {
  const path = text.trim();
  if (path === '' || path.startsWith('$')) return path;
  return path.startsWith('.') || path.startsWith('[') ? `$${path}` : `$.${path}`;
}

export function parseColumns(raw: unknown): ColumnsState {
  const fields = fieldsOf(raw);
  if (!fields) return INITIAL_COLUMNS;
  const { chosen, widths, paths } = fields;
  const isPath = (path: unknown): path is string => typeof path === 'string' && path !== '' && path.length <= MAX_PATH;
  return {
    chosen: Object.fromEntries(
      entriesOf(chosen).filter(([name, on]) => typeof on === 'boolean' && CHOICES.some((each) => each === name)),
    ),
    widths: Object.fromEntries(
      entriesOf(widths)
        .filter((entry): entry is [string, number] => Number.isFinite(entry[1]))
        .slice(0, CHOICES.length + MAX_PATHS)
        .map(([id, px]) => [id, clampWidth(px)]),
    ),
    paths: Array.isArray(paths) ? [...new Set(paths.filter(isPath))].slice(0, MAX_PATHS) : [],
  };
}

function entriesOf(raw: unknown): [string, unknown][] {
  return typeof raw === 'object' && raw !== null ? Object.entries(raw) : [];
}

function clampWidth(px: number): number {
  return Math.round(Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, px)));
}
