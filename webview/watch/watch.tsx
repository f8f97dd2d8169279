import { render } from 'preact';
import { Channel } from '../../src/protocol/channel.js';
import type { Timeline, WatchPageEvents, WatchPageRequests, WatchPageState } from '../../src/protocol/watchPage.js';
import { fill } from '../shared/fill.js';
import type { Span } from './chart.js';
import { watchWords } from './strings.js';
import './watch.css';
import { type RangeMinutes, WatchView } from './watchView.js';

const vscode = acquireVsCodeApi();
/** A point of a chart is no narrower. */
const POINT_PX = 4;
const MINUTE_MS = 60_000;

let state: WatchPageState | null = null;
let timeline: Timeline | null = null;
let minutes: RangeMinutes = 60;
let zoom: Span | null = null;
let notice: string | null = null;
let copied: string | null = null;
let theme = 0;
let asked = 0;

const channel = new Channel<WatchPageRequests, object, object, WatchPageEvents>(
  {
    postMessage: (message) => vscode.postMessage(message),
    onMessage: (listener) => window.addEventListener('message', (event) => listener(event.data)),
  },
  {},
  { state: apply },
);

function apply(next: WatchPageState): void {
  state = next;
  update();
  // What is looked at closely stays as it is while new looks come.
  if (zoom === null) void load();
}

async function load(): Promise<void> {
  const turn = ++asked;
  const toMs = zoom === null ? Date.now() : Math.ceil(zoom.to * 1000);
  const fromMs = zoom === null ? toMs - minutes * MINUTE_MS : Math.floor(zoom.from * 1000);
  const points = Math.max(10, Math.min(1000, Math.floor(window.innerWidth / POINT_PX)));
  try {
    const found = await channel.request('timeline', { fromMs, toMs, points });
    if (turn === asked) timeline = found;
  } catch (error) {
    if (turn === asked) tell(error);
  }
  update();
}

function tell(error: unknown): void {
  notice = fill(watchWords.failed, { message: error instanceof Error ? error.message : String(error) });
  update();
}

function act(request: Promise<unknown>): void {
  notice = null;
  request.catch(tell);
}

const actions = {
  range: (chosen: RangeMinutes) => {
    minutes = chosen;
    zoom = null;
    void load();
  },
  zoom: (span: Span | null) => {
    zoom = span;
    void load();
  },
  openReport: (startedAt: string) => act(channel.request('openReport', { startedAt })),
  openDocument: () => act(channel.request('openDocument', null)),
  compareHealthy: () => act(channel.request('compareHealthy', null)),
  stop: () => act(channel.request('stop', null)),
  copy: (text: string) =>
    act(
      channel.request('copyText', { text }).then(() => {
        copied = text;
        update();
      }),
    ),
};

const root = document.getElementById('root') ?? document.body.appendChild(document.createElement('div'));

function update(): void {
  render(
    <WatchView
      state={state}
      timeline={timeline}
      minutes={minutes}
      zoomed={zoom !== null}
      theme={theme}
      notice={notice}
      copied={copied}
      locale={document.documentElement.lang || undefined}
      actions={actions}
    />,
    root,
  );
}

// Charts are drawn, not styled: another theme is drawn anew.
new MutationObserver(() => {
  theme += 1;
  update();
}).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
update();
channel.request('ready', null).then(apply, tell);
