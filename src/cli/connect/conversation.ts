import { resolve } from 'node:path';
import type { OnLabel } from '../../core/session/dialectWatch.js';
import { ProbeError } from '../../core/base/errors.js';
import { isConnected, type Report } from '../../core/base/model.js';
import type { ProbePlan } from '../../core/base/plan.js';
import type { SessionEvent } from '../../core/base/sessionEvent.js';
import { Redactor } from '../../core/redaction/redactor.js';
import type { RecordingStatus } from '../../core/record/recordingWriter.js';
import { LiveSource } from '../../core/session/liveSource.js';
import type { Session } from '../../core/session/session.js';
import type { SessionSnapshot, SessionState } from '../../core/session/snapshot.js';
import type { Io } from '../io.js';
import { styleFor } from '../render/style.js';
import { EXIT } from '../usage.js';
import { Arrivals } from './arrivals.js';
import { decodedJson } from './decodedJson.js';
import { endedWell } from './endingText.js';
import { Exit } from './exit.js';
import { exitCodeOf } from './exitCode.js';
import { FrameFeed } from './frameFeed.js';
import type { Limits } from './limits.js';
import type { MakeView } from './openView.js';
import { Screen } from './screen.js';
import { recordedText } from './recordedText.js';
import type { ConnectSettings } from './settings.js';
import type { MakeInput, Talk, TalkInput } from './talk.js';
import type { ConnectView } from './view.js';

/** What the log keeps for labels and statistics. */
const LOG_BYTES = 16 * 1024 * 1024;

/** What a conversation is shown by and who speaks in it, loaded before it begins. */
export interface Faces {
  readonly view: MakeView;
  readonly input: MakeInput;
  readonly limits: Limits;
}

/** One `wsprobe connect`: a session, what is shown of it, and who talks. */
export class Conversation implements Talk {
  readonly source: LiveSource;
  readonly screen: Screen;
  readonly plan: ProbePlan;
  readonly settings: ConnectSettings;
  readonly io: Io;
  readonly #redactor: Redactor;
  readonly #view: ConnectView;
  readonly #makeInput: MakeInput;
  readonly #feed: FrameFeed;
  readonly #arrivals: Arrivals;
  readonly #exit = new Exit();
  #state: SessionState = 'connecting';
  #connection = 0;
  #beganMs = 0;
  #everOpened = false;
  #closedByUs = false;
  #personPaused = false;
  #isQuiet = false;
  readonly #limits: Limits;
  #isTimeUp = false;
  #isIncomplete = false;
  #input: TalkInput | null = null;
  #interrupts = 0;

  constructor(plan: ProbePlan, settings: ConnectSettings, io: Io, { input, limits, view }: Faces) {
    this.plan = plan;
    this.settings = settings;
    this.io = io;
    const secrets = [...plan.secrets];
    this.#redactor = new Redactor(secrets);
    this.#limits = limits;
    this.screen = new Screen(io, settings, {
      onFull: () => this.#readOrWait(),
      onDrained: () => this.#readOrWait(),
      onGone: () => this.#state !== 'closed' && this.close(1000, ''),
      onLost: (lines) => this.#view.lost(lines, this.session.snapshot().elapsedMs),
    });
    this.#makeInput = input;
    this.#view = view({
      screen: this.screen,
      settings,
      redactor: this.#redactor,
      io,
      closedByUs: () => this.#closedByUs,
    });
    this.#arrivals = new Arrivals(this.#view, this.#limits, () => {
      if (this.#state !== 'closing' && this.#state !== 'closed') this.close(1000, '');
    });
    const feed = new FrameFeed(
      {
        onFrame: (entry) => this.#arrivals.frame(entry),
        onEvent: (event, atMs, connection) => this.#onEvent(event, atMs, connection),
      },
      () => (settings.labels || settings.decodes) && this.source.dialect.isListening,
    );
    this.#feed = feed;
    const takesMessages = this.#view.takes === 'messages' || settings.until !== null;
    this.source = new LiveSource({
      sessionId: 'connect',
      plan,
      secrets,
      vantage: { host: io.host, remote: null },
      budget: { memoryBytes: LOG_BYTES, diskBytes: 0 },
      spillDir: null,
      ...(findingsAreTold(plan, settings) ? {} : { findings: 'asked' }),
      onChange: () => this.#changed(),
      listener: {
        onFrame: (frame, connection, id) => feed.append(frame, connection, id),
        onInflated: (direction, bytes, binary) => feed.attachInflated(direction, bytes, binary),
        onEvent: (event, atMs, connection) => feed.appendEvent(event, atMs, connection),
      },
      ...(takesMessages ? { onMessage: (message) => this.#arrivals.message(message) } : {}),
      ...(settings.labels || settings.decodes ? { onLabel: labelling(feed, settings) } : {}),
      onRecordingError: (error) => this.screen.tell(error.message, 'bad'),
    });
  }

  get session(): Session {
    return this.source.session;
  }

  /** Settles with the exit code once all is said and written. */
  async run(): Promise<number> {
    const end = this.io.onSignal(() => this.interrupt());
    try {
      this.#open().catch((error: unknown) => this.#fail(error));
      await this.#exit.over;
      this.#input?.end();
      this.screen.close();
      const recorded = await this.source.record(null);
      this.#tellRecorded(recorded);
      // What was to be kept is not: a connection that went well is not all that was asked for.
      if (recorded?.error) this.#exit.change(EXIT.ok, EXIT.failed);
      await Promise.race([this.screen.outlet.drained(), this.#exit.forced]);
      return this.#exit.code ?? EXIT.fault;
    } finally {
      end();
      this.#input?.end();
      this.screen.close();
      this.screen.outlet.end();
      await this.source.dispose();
    }
  }

  async #open(): Promise<void> {
    const { recordTo } = this.settings;
    if (recordTo !== null) {
      await this.source.record(resolve(this.io.cwd, recordTo));
      this.screen.tell(`recording to ${recordTo}`);
    }
    await this.source.open();
  }

  get isOver(): boolean {
    return this.#exit.isDecided;
  }

  whenOpen(): Promise<boolean> {
    return this.#exit.unlessDecided(() => this.session.state === 'open');
  }

  close(code: number, reason: string): void {
    const before = this.#closedByUs;
    this.#closedByUs = true;
    try {
      this.session.close(code, reason);
    } catch (error) {
      this.#closedByUs = before;
      throw error;
    }
  }

  async closeWhenRead(): Promise<void> {
    await this.screen.outlet.drained();
    if (this.isOver) return;
    this.#isTimeUp = true;
    this.close(1000, '');
  }

  terminate(): void {
    this.#closedByUs = true;
    this.session.terminate();
  }

  pause(paused: boolean): void {
    if (paused) this.session.pause(true);
    this.#personPaused = paused;
    this.#readOrWait();
    this.screen.tell(paused ? 'reading is paused, TCP holds the peer back; /resume reads on' : 'reading on');
  }

  async record(path: string | null): Promise<void> {
    this.#tellRecorded(await this.source.record(path));
    if (path !== null) this.screen.tell(`recording to ${path}`);
  }

  /** The first closes politely, the second lets go. */
  interrupt(): void {
    this.#interrupts += 1;
    const polite = this.#interrupts === 1 && !this.isOver && this.#state !== 'closing';
    if (polite) {
      if (this.#state === 'open') this.screen.tell('closing; Ctrl+C again lets go at once');
      this.close(1000, '');
      return;
    }
    this.#exit.force(EXIT.interrupted);
    this.terminate();
    this.#end(EXIT.interrupted);
  }

  stop(message: string): void {
    this.screen.tell(message, 'bad');
    this.#end(EXIT.usage, this.session.state !== 'closed');
    this.close(1000, '');
  }

  notSent(message: string): void {
    this.screen.tell(message, 'bad');
    this.#isIncomplete = true;
  }

  #changed(): void {
    const { state } = this.session;
    if (state === this.#state) return;
    const before = this.#state;
    this.#state = state;
    if (state === 'open' && before !== 'closing') this.#opened();
    else if (state === 'closed' || state === 'reconnecting') this.#endedOnceLabelled(state);
  }

  #opened(): void {
    const { report } = this.session;
    if (report === null) return;
    const { elapsedMs, startedAt } = this.session.snapshot();
    const answered = report.phases.find(({ name }) => name === 'upgrade')?.detail['responseCompleteMs'];
    const openMs = this.#beganMs + (typeof answered === 'number' ? answered : report.durationMs);
    const startedAtMs = Date.parse(startedAt);
    this.#view.opened({ connection: this.#connection, atMs: elapsedMs, openMs, startedAtMs, report });
    this.#everOpened = true;
    this.#personPaused = false;
    this.#feed.open();
    this.#input ??= this.#makeInput(this);
    this.#readOrWait();
    this.#exit.wake();
  }

  /** The last messages may still wait for their labels, or to be counted with their operations. */
  #endedOnceLabelled(state: 'closed' | 'reconnecting'): void {
    const { report } = this.session;
    const { elapsedMs: atMs, reconnect } = this.session.snapshot();
    const { labels, decodes, verbose } = this.settings;
    if (!labels && !decodes && !verbose) this.#ended(state, report, atMs, reconnect);
    else void this.source.dialect.caughtUp().then(() => this.#ended(state, report, atMs, reconnect));
  }

  #ended(
    state: 'closed' | 'reconnecting',
    report: Report | null,
    atMs: number,
    reconnect: SessionSnapshot['reconnect'],
  ): void {
    this.#feed.end();
    if (report !== null) {
      const ending = { connection: this.#connection, atMs, report };
      if (report.close !== null && isConnected(report)) {
        this.#view.closed(ending);
      } else if (state === 'reconnecting' || this.screen.kind === 'json') this.#view.failed(ending);
    }
    if (state === 'closed') {
      this.#conclude(report).catch((error: unknown) => this.#fail(error));
      return;
    }
    if (reconnect !== null)
      this.#view.reconnecting({ ...reconnect, atMs, delayMs: Math.max(0, reconnect.dueMs - atMs) });
  }

  /** What only an end that is to be told of needs is loaded for it. */
  async #conclude(report: Report | null): Promise<void> {
    const { dialect } = this.source;
    if (this.settings.verbose && (dialect.operations().length > 0 || dialect.missed > 0)) {
      const { operationsText } = await import('./operationsText.js');
      this.screen.tell(operationsText(dialect));
    }
    const missing = this.#everOpened ? this.#limits.missing(this.#isTimeUp) : null;
    if (missing !== null) this.screen.tell(missing, 'bad');
    const isIncomplete = this.#isIncomplete || missing !== null;
    const closedByUs = this.#closedByUs;
    const exitCode = exitCodeOf({ report, closedByUs, everOpened: this.#everOpened, isIncomplete });
    const isAsAsked = exitCode === EXIT.ok || exitCode === EXIT.interrupted || closedByUs;
    if (report !== null && !isAsAsked && !endedWell(report, false)) {
      this.#end(exitCode, true);
      await this.#explain(!isConnected(report));
    }
    this.#end(exitCode);
  }

  async #explain(verdict: boolean): Promise<void> {
    const { io, screen, settings } = this;
    const [report, { renderReport, renderWhy }] = await Promise.all([
      this.session.diagnosed(),
      import('../render/report.js'),
    ]);
    if (report === null) return;
    const style = styleFor(io, io.stderr, settings.noColor);
    const { verbose } = settings;
    screen.problem(verbose ? renderReport(report, style, { verbose }) : renderWhy(report, style, { verdict }));
  }

  /** The first exit code stays. With `later`, there is still something to be done before it is over. */
  #end(exitCode: number, later = false): void {
    this.#exit.decide(exitCode);
    if (!later) this.#exit.finish();
  }

  #fail(error: unknown): void {
    const isOurs = !(error instanceof ProbeError);
    this.screen.tell(error instanceof Error ? error.message : String(error), 'bad');
    this.#end(isOurs ? EXIT.fault : EXIT.usage);
  }

  #onEvent(event: SessionEvent, atMs: number, connection: number): void {
    if (connection !== this.#connection) {
      this.#connection = connection;
      this.#beganMs = atMs;
    }
    // Why an attempt failed is told with the attempt.
    const isTold = this.#isQuiet || (this.#state === 'connecting' && !isAttempt(event));
    if (!isTold) this.#view.event(event, atMs, connection);
  }

  /** Reading stops while standard output is full: what the reader does not take, the peer has to keep. */
  #readOrWait(): void {
    if (this.#state !== 'open') return;
    this.#isQuiet = true;
    try {
      this.session.pause(this.#personPaused || this.screen.outlet.isFull);
    } finally {
      this.#isQuiet = false;
    }
  }

  #tellRecorded(status: RecordingStatus | null): void {
    if (status !== null) this.screen.tell(recordedText(status));
  }
}

/** Findings are told while it goes on, not only where it comes to a bad end. */
function findingsAreTold(plan: ProbePlan, { json, verbose }: ConnectSettings): boolean {
  return json || verbose || plan.session.reconnect !== null;
}

function isAttempt(event: SessionEvent): boolean {
  return event.kind === 'connecting' || (event.kind === 'connect-failed' && event.connection === 1);
}

/** What was read of a message, as far as it is to be shown. */
function labelling(feed: FrameFeed, { labels, decodes }: ConnectSettings): OnLabel {
  return (id, label, decoded) => {
    feed.label(id, labels ? label : null, decodes ? decodedJson(decoded) : null);
  };
}
