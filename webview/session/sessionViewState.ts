import { PAYLOAD_KINDS } from '../../src/core/base/message.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import type { Lane, LogMode, OutgoingMessage } from '../../src/protocol/session.js';
import { type ColumnsState, INITIAL_COLUMNS, parseColumns } from '../log/columns.js';
import { type Origin, TIME_MODES, type TimeMode } from '../log/times.js';
import { fieldsOf } from '../shared/fieldsOf.js';

export const SESSION_TABS = ['log', 'operations', 'findings', 'handshake', 'timings', 'close', 'report'] as const;
export type SessionTab = (typeof SESSION_TABS)[number];

export const DETAIL_TABS = ['text', 'json', 'hex', 'decoded', 'wire'] as const;
export type DetailTab = (typeof DETAIL_TABS)[number];

export const FORMATS = PAYLOAD_KINDS;

export const COMPOSER_PANELS = ['message', 'repeat', 'control', 'raw', 'steps'] as const;
type ComposerPanel = (typeof COMPOSER_PANELS)[number];

/** Where the chosen row's detail stands; `auto`: beside the rows where there is room. */
const DETAIL_PLACES = ['auto', 'beside', 'below'] as const;
type DetailPlace = (typeof DETAIL_PLACES)[number];

/** What a person did to a session's view; it survives a reload. */
export interface SessionViewState {
  readonly tab: SessionTab;
  readonly mode: LogMode;
  /** Requests with their replies folded, in place of the rows. */
  readonly conversation: boolean;
  readonly times: TimeMode;
  /** Which row times count from, where they count from one. */
  readonly origin: Origin | null;
  readonly columns: ColumnsState;
  readonly filter: string;
  /** The last filter that was asked for from outside: it is not taken up again. */
  readonly heardFilter: number;
  /** Null until the person picks one: JSON where it is JSON, hex where it is binary. */
  readonly detail: DetailTab | null;
  readonly place: DetailPlace;
  /** The detail pane's share of the log's width (or height, when narrow). */
  readonly split: number;
  readonly draft: OutgoingMessage;
  readonly panel: ComposerPanel;
  /** Of a tap: on which connection a message goes, in whose name, and the held one in whose place it goes. */
  readonly connection: number | null;
  readonly lane: Lane;
  readonly editing: number | null;
  /** What was being written before that one. */
  readonly draftBefore: OutgoingMessage | null;
}

export const MIN_SPLIT = 0.2;
export const MAX_SPLIT = 0.75;
const MAX_KEPT_DRAFT = 100_000;

export const INITIAL_SESSION_VIEW: SessionViewState = {
  tab: 'log',
  mode: 'messages',
  conversation: false,
  times: 'clock',
  origin: null,
  columns: INITIAL_COLUMNS,
  filter: '',
  heardFilter: 0,
  detail: null,
  place: 'auto',
  split: 0.42,
  draft: { format: 'text', content: '', binary: false },
  panel: 'message',
  connection: null,
  lane: 'toClient',
  editing: null,
  draftBefore: null,
};

/** Reads what anybody may have written: what does not fit falls back to its default. */
export function parseSessionView(raw: unknown): SessionViewState {
  const given = fieldsOf(raw);
  if (!given) return INITIAL_SESSION_VIEW;
  const initial = INITIAL_SESSION_VIEW;
  const pick = <T extends string>(names: readonly T[], value: unknown) => names.find((name) => name === value);
  const split = given['split'];
  return {
    tab: pick(SESSION_TABS, given['tab']) ?? initial.tab,
    mode: pick(['messages', 'wire'] as const, given['mode']) ?? initial.mode,
    conversation: given['conversation'] === true,
    times: pick(TIME_MODES, given['times']) ?? initial.times,
    origin: parseOrigin(given['origin']),
    columns: parseColumns(given['columns']),
    filter: typeof given['filter'] === 'string' ? given['filter'].slice(0, 4000) : initial.filter,
    heardFilter: typeof given['heardFilter'] === 'number' ? given['heardFilter'] : initial.heardFilter,
    detail: pick(DETAIL_TABS, given['detail']) ?? null,
    place: pick(DETAIL_PLACES, given['place']) ?? initial.place,
    split: typeof split === 'number' && Number.isFinite(split) ? clampSplit(split) : initial.split,
    draft: parseDraft(given['draft']),
    panel: pick(COMPOSER_PANELS, given['panel']) ?? initial.panel,
    connection: null,
    lane: pick(['toClient', 'toServer'] as const, given['lane']) ?? initial.lane,
    editing: null,
    draftBefore: null,
  };
}

/** The log, filtered as a person asked for by choosing a row elsewhere; the same state where it was heard already. */
export function hearFilter(view: SessionViewState, asked: InspectorState['filter']): SessionViewState {
  if (!asked || asked.number === view.heardFilter) return view;
  return { ...view, tab: 'log', conversation: false, filter: asked.text, heardFilter: asked.number };
}

export function clampSplit(split: number): number {
  return Math.max(MIN_SPLIT, Math.min(MAX_SPLIT, split));
}

/** A held message is edited no more: what was being written before is there again. */
export function editedNoMore({ draft, draftBefore }: SessionViewState): Partial<SessionViewState> {
  return { editing: null, draft: draftBefore ?? draft, draftBefore: null };
}

function parseOrigin(raw: unknown): Origin | null {
  const fields = fieldsOf(raw);
  if (!fields) return null;
  const { sessionId, atMs } = fields;
  return typeof sessionId === 'string' && typeof atMs === 'number' && Number.isFinite(atMs)
    ? { sessionId, atMs }
    : null;
}

function parseDraft(raw: unknown): OutgoingMessage {
  const fields = fieldsOf(raw);
  if (!fields) return INITIAL_SESSION_VIEW.draft;
  const { format, content, binary } = fields;
  const known = FORMATS.find((name) => name === format);
  if (known === undefined || typeof content !== 'string' || content.length > MAX_KEPT_DRAFT) {
    return INITIAL_SESSION_VIEW.draft;
  }
  return { format: known, content, binary: binary === true };
}
