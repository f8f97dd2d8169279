import './inspector.css';
import { render } from 'preact';
import { Channel, RemoteError } from '../src/protocol/channel.js';
import type {
  InspectorEvents,
  InspectorMemento,
  InspectorRequests,
  InspectorState,
} from '../src/protocol/inspector.js';
import { registerControls } from './controls.js';
import { InspectorView } from './inspectorView.js';
import type { Actions } from './parts.js';
import { fill, strings } from './strings.js';
import { parseViewState, type ViewState } from './viewState.js';

const TICK_MS = 100;
const RELATIVE_TIME_MS = 15_000;

const vscode = acquireVsCodeApi<InspectorMemento>();
const saved = vscode.getState();

let state: InspectorState | null = null;
let view: ViewState = parseViewState(saved?.view);
let notice: string | null = null;
/** When the shown progress arrived, on this page's clock: the running bar grows on its own between two of them. */
let progressAt = 0;

const channel = new Channel<InspectorRequests, object, object, InspectorEvents>(
  {
    postMessage: (message) => vscode.postMessage(message),
    onMessage: (listener) => window.addEventListener('message', (event) => listener(event.data)),
  },
  {},
  { state: apply },
);

const actions: Actions = {
  send: (request) => {
    setNotice(null);
    channel.request(request, null).catch((error: unknown) => setNotice(messageOf(error)));
  },
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
    view = change(view);
    save();
    update();
  },
};

function apply(next: InspectorState): void {
  if (state && next.revision < state.revision) return;
  const started = next.status === 'running' && state?.status !== 'running';
  if (started || next.progress?.elapsedMs !== state?.progress?.elapsedMs) progressAt = performance.now();
  state = next;
  save();
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
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof RemoteError && error.hint ? ` ${error.hint}` : '';
  return fill(strings.actions.failed, { message: message + hint });
}

function elapsedMs(): number {
  const known = state?.progress?.elapsedMs ?? 0;
  return state?.status === 'running' && progressAt > 0 ? known + performance.now() - progressAt : known;
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
    />,
    root,
  );
}

registerControls();
update();
setInterval(() => {
  if (state?.status === 'running') update();
}, TICK_MS);
setInterval(update, RELATIVE_TIME_MS);
channel.request('ready', null).then(apply, (error: unknown) => setNotice(messageOf(error)));
