import { render } from 'preact';
import { Channel } from '../src/protocol/channel.js';
import type {
  InspectorEvents,
  InspectorMemento,
  InspectorRequests,
  InspectorState,
} from '../src/protocol/inspector.js';
import type { SessionSnapshot } from '../src/protocol/session.js';
import { registerControls } from './controls.js';
import './inspector.css';
import { InspectorView } from './inspectorView.js';
import { LogModel } from './log/logModel.js';
import { problemText } from './session/problemText.js';
import { hearFilter } from './session/sessionViewState.js';
import { fill } from './shared/fill.js';
import { keepLayout, keptLayout } from './shared/keptLayout.js';
import type { Actions, Ask } from './shared/parts.js';
import { sharedWords } from './shared/strings.js';
import { parseViewState, type ViewState } from './shared/viewState.js';

const TICK_MS = 100;
const RELATIVE_TIME_MS = 15_000;

const vscode = acquireVsCodeApi<InspectorMemento>();
const saved = vscode.getState();

let state: InspectorState | null = null;
let view: ViewState = parseViewState(saved?.view ?? { session: keptLayout() });
let notice: string | null = null;
/** When the shown progress arrived, on this page's clock: the running bar grows on its own between two of them. */
let progressAt = 0;
/** When the shown session's snapshot arrived. */
let sessionAt = 0;

const channel = new Channel<InspectorRequests, object, object, InspectorEvents>(
  {
    postMessage: (message) => vscode.postMessage(message),
    onMessage: (listener) => window.addEventListener('message', (event) => listener(event.data)),
  },
  {},
  { state: apply, session: applySession, view: (event) => log.heard(event) },
);
const ask: Ask = (method, params) => channel.request(method, params);
const log = new LogModel(ask);

const act: Actions['act'] = (method, params) => {
  setNotice(null);
  ask(method, params).catch((error: unknown) => setNotice(messageOf(error)));
};

const actions: Actions = {
  ask,
  act,
  send: (request) => act(request, null),
  copy: async (text) => {
    try {
      await channel.request('copyText', { text });
      return true;
    } catch (error) {
      setNotice(messageOf(error));
      return false;
    }
  },
  change: (change) => {
    const before = view.session;
    view = change(view);
    keepLayout(before, view.session);
    save();
    update();
  },
};

function apply(next: InspectorState): void {
  if (state && next.revision < state.revision) return;
  const started = next.status === 'running' && state?.status !== 'running';
  if (started || next.progress?.elapsedMs !== state?.progress?.elapsedMs) progressAt = performance.now();
  if (next.session?.revision !== state?.session?.revision) sessionAt = performance.now();
  if (state && next.id !== state.id) log.reopen();
  if (next.session) log.noteStatus(next.session.log);
  state = next;
  view = { ...view, session: hearFilter(view.session, next.filter) };
  save();
  update();
}

/** The small and frequent part of the state. */
function applySession(session: SessionSnapshot): void {
  const known = state?.session;
  if (!state || (known?.sessionId === session.sessionId && session.revision < known.revision)) return;
  sessionAt = performance.now();
  state = { ...state, session };
  log.noteStatus(session.log);
  update();
}

function save(): void {
  vscode.setState({ id: state?.id ?? saved?.id ?? null, view });
}

function setNotice(text: string | null): void {
  if (notice === text) return;
  notice = text;
  update();
}

function messageOf(error: unknown): string {
  return fill(sharedWords.failed, { message: problemText(error) });
}

function elapsedMs(): number {
  const known = state?.progress?.elapsedMs ?? 0;
  return state?.status === 'running' && progressAt > 0 ? known + performance.now() - progressAt : known;
}

function sessionMs(): number {
  const session = state?.session;
  if (!session) return 0;
  return session.state === 'closed' ? session.elapsedMs : session.elapsedMs + performance.now() - sessionAt;
}

const root = document.getElementById('root') ?? document.body.appendChild(document.createElement('div'));

function update(): void {
  const locale = document.documentElement.lang || undefined;
  render(
    <InspectorView
      state={state}
      view={view}
      actions={actions}
      now={Date.now()}
      elapsedMs={elapsedMs()}
      notice={notice}
      locale={locale}
      log={log}
      sessionMs={sessionMs()}
    />,
    root,
  );
}

registerControls();
update();
setInterval(() => {
  if (state?.status === 'running' || state?.session?.state === 'reconnecting') update();
}, TICK_MS);
setInterval(update, RELATIVE_TIME_MS);
channel.request('ready', null).then(apply, (error: unknown) => setNotice(messageOf(error)));
