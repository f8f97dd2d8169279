import { ProbeError } from '../core/base/errors.js';
import type { OutgoingMessage } from '../core/base/message.js';
import type { CloseInfo, Report } from '../core/base/model.js';
import type { ProbePlan } from '../core/base/plan.js';
import { LiveSource } from '../core/session/liveSource.js';
import type { OpenedSession, ToolCall } from '../core/tools/callTool.js';
import type { RowsAsked } from '../core/tools/rowsRead.js';

const MAX_SESSIONS = 8;
const IDLE_MS = 10 * 60_000;
const LOG_BYTES = 8 * 1024 * 1024;
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** For the peer to answer a Close frame, beyond the profile's own limit. */
const PATIENCE_MS = 5_000;

interface Entry {
  readonly source: LiveSource;
  readonly waiting: Set<() => void>;
  idle: NodeJS.Timeout | null;
}

/** The sessions of one agent: few, each with a bounded log, closed when it forgets them. */
export class McpSessions {
  readonly #vantage: Report['vantage'];
  readonly #idleMs: number;
  readonly #entries = new Map<string, Entry>();
  #count = 0;

  constructor(vantage: Report['vantage'], idleMs = IDLE_MS) {
    this.#vantage = vantage;
    this.#idleMs = idleMs;
  }

  async open(plan: ProbePlan, { signal }: ToolCall): Promise<OpenedSession> {
    while (this.#entries.size >= MAX_SESSIONS) await this.#makeRoom();
    const sessionId = `s${++this.#count}`;
    const entry = this.#begin(sessionId, plan);
    const { source } = entry;
    const giveUp = () => source.session.terminate();
    signal.addEventListener('abort', giveUp);
    try {
      if (signal.aborted) giveUp();
      const report = await source.open();
      const isOpen = source.session.state === 'open';
      if (!isOpen || signal.aborted) await this.#forget(sessionId);
      else this.#rest(sessionId, entry);
      return { sessionId, isOpen, report };
    } catch (error) {
      await this.#forget(sessionId);
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async send(sessionId: string, message: OutgoingMessage): Promise<{ bytes: number; row: number | null }> {
    const { source } = this.#find(sessionId);
    const bytes = await source.session.send(message);
    return { bytes, row: source.sentRow };
  }

  async readRows(sessionId: string, asked: RowsAsked, { signal }: ToolCall) {
    const { source } = this.#find(sessionId);
    const { readRows } = await import('../core/session/readRows.js');
    const read = await readRows(source, asked, signal);
    return { read, state: source.session.state };
  }

  /** Null where it never came to an end that can be told. */
  async close(sessionId: string, code: number, reason: string): Promise<CloseInfo | null> {
    const entry = this.#find(sessionId);
    const { source } = entry;
    source.session.close(code, reason);
    await ended(entry);
    const { close } = source.snapshot();
    await this.#forget(sessionId);
    return close;
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.#forget(id)));
  }

  #begin(sessionId: string, plan: ProbePlan): Entry {
    const waiting = new Set<() => void>();
    const { limits } = plan;
    const source = new LiveSource({
      sessionId,
      plan: { ...plan, limits: { maxMessageBytes: Math.min(limits.maxMessageBytes, MAX_MESSAGE_BYTES) } },
      vantage: this.#vantage,
      budget: { memoryBytes: LOG_BYTES, diskBytes: 0 },
      spillDir: null,
      onChange: () => {
        for (const look of waiting) look();
      },
    });
    const entry: Entry = { source, waiting, idle: null };
    this.#entries.set(sessionId, entry);
    return entry;
  }

  /** Those that have ended make room for new ones, the oldest first. */
  async #makeRoom(): Promise<void> {
    const ended = [...this.#entries].find(([, { source }]) => source.session.state === 'closed');
    if (!ended)
      throw new ProbeError('mcp.too-many-sessions', `${MAX_SESSIONS} sessions are open, which is the limit.`, {
        hint: `Close one with wsprobe_close: ${[...this.#entries.keys()].join(', ')}.`,
      });
    await this.#forget(ended[0]);
  }

  #find(sessionId: string): Entry {
    const entry = this.#entries.get(sessionId);
    if (entry) {
      this.#rest(sessionId, entry);
      return entry;
    }
    const known = [...this.#entries.keys()].join(', ');
    throw new ProbeError('session.unknown', `There is no session ${JSON.stringify(sessionId)}.`, {
      hint:
        known === '' ? 'Open one with wsprobe_connect; an idle one is closed after 10 minutes.' : `Known: ${known}.`,
    });
  }

  /** Begins to count the time that nobody asks for it. */
  #rest(sessionId: string, entry: Entry): void {
    if (entry.idle) clearTimeout(entry.idle);
    entry.idle = setTimeout(() => void this.#endIdle(sessionId, entry), this.#idleMs);
    entry.idle.unref();
  }

  /** From now on nobody finds it. */
  async #endIdle(sessionId: string, entry: Entry): Promise<void> {
    this.#entries.delete(sessionId);
    entry.source.session.close(1001, 'idle');
    await ended(entry);
    await entry.source.dispose();
  }

  async #forget(sessionId: string): Promise<void> {
    const entry = this.#entries.get(sessionId);
    if (!entry) return;
    this.#entries.delete(sessionId);
    if (entry.idle) clearTimeout(entry.idle);
    await entry.source.dispose();
  }
}

async function ended({ source, waiting }: Entry): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = () => {
      if (source.session.state !== 'closed') return;
      clearTimeout(impatient);
      waiting.delete(look);
      resolve();
    };
    const impatient = setTimeout(() => source.session.terminate(), PATIENCE_MS);
    waiting.add(look);
    look();
  });
}
