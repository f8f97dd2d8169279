import { INITIAL_SESSION_VIEW, parseSessionView, type SessionViewState } from '../session/sessionViewState.js';
import { fieldsOf } from './fieldsOf.js';

export const TABS = ['findings', 'expectations', 'steps', 'handshake', 'frames', 'timings', 'close', 'report'] as const;
export type TabName = (typeof TABS)[number];

const PAYLOAD_VIEWS = ['text', 'json', 'hex'] as const;
export type PayloadView = (typeof PAYLOAD_VIEWS)[number];

/** What the person did to the view; all of it survives a reload, none of it is news to the host. */
export interface ViewState {
  /** Null until the person picks one: then the tab that explains the verdict is shown. */
  readonly tab: TabName | null;
  /** Ids of what stands open. */
  readonly open: readonly string[];
  readonly rawHandshake: boolean;
  /** Index of the frame whose payload is shown. */
  readonly frame: number | null;
  /** Null until the person picks one: JSON where it is JSON, hex where it is binary. */
  readonly payload: PayloadView | null;
  /** Which fix of a finding is shown, by the finding's id. */
  readonly fixes: Readonly<Record<string, number>>;
  readonly session: SessionViewState;
}

export const INITIAL_VIEW: ViewState = {
  tab: null,
  open: [],
  rawHandshake: false,
  frame: null,
  payload: null,
  fixes: {},
  session: INITIAL_SESSION_VIEW,
};

/** Reads what an earlier version, or nobody, may have written: what does not fit falls back to its default. */
export function parseViewState(raw: unknown): ViewState {
  const fields = fieldsOf(raw);
  if (!fields) return INITIAL_VIEW;
  const { tab, open, rawHandshake, frame, payload, fixes, session } = fields;
  return {
    tab: TABS.find((name) => name === tab) ?? null,
    open: Array.isArray(open) ? open.filter((id) => typeof id === 'string') : [],
    rawHandshake: rawHandshake === true,
    frame: typeof frame === 'number' && Number.isInteger(frame) ? frame : null,
    payload: PAYLOAD_VIEWS.find((name) => name === payload) ?? null,
    fixes: isRecord(fixes) ? Object.fromEntries(Object.entries(fixes).filter(isIndexEntry)) : {},
    session: parseSessionView(session),
  };
}

export function toggleOpen(view: ViewState, id: string): ViewState {
  const open = view.open.includes(id) ? view.open.filter((other) => other !== id) : [...view.open, id];
  return { ...view, open };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIndexEntry(entry: [string, unknown]): entry is [string, number] {
  return typeof entry[1] === 'number' && Number.isInteger(entry[1]) && entry[1] >= 0;
}
