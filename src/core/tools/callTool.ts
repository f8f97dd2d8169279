import { ProbeError } from '../base/errors.js';
import type { OutgoingMessage } from '../base/message.js';
import type { CloseInfo, Report } from '../base/model.js';
import { plainText, quoteText } from '../base/plainText.js';
import { briefClose } from './briefClose.js';
import { briefCure, briefReport } from './briefReport.js';
import { briefRows } from './briefRows.js';
import type { ToolName } from './definitions.js';
import type { RowsAsked, RowsRead } from './rowsRead.js';
import { readToolInput, type ToolInputs, type ToolTarget } from './toolInput.js';
import { untrusted } from './untrusted.js';

/** One call: what ends it early, and who is told how it goes. */
export interface ToolCall {
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

export interface OpenedSession {
  readonly sessionId: string;
  /** Whether it opened; one that did not is forgotten already. */
  readonly isOpen: boolean;
  readonly report: Report;
}

/** What tools act upon: an editor's targets and sessions, or those of a server. Everything it gives is redacted. */
export interface ToolWorld {
  probe(target: ToolTarget, call: ToolCall): Promise<Report>;
  findCure(target: ToolTarget, call: ToolCall): Promise<Report>;
  connect(target: ToolTarget, call: ToolCall): Promise<OpenedSession>;
  /** Gives the size of the payload and the row that shows the message; null where none does yet. */
  send(sessionId: string, message: OutgoingMessage): Promise<{ readonly bytes: number; readonly row: number | null }>;
  readRows(
    sessionId: string,
    asked: RowsAsked,
    call: ToolCall,
  ): Promise<{ readonly read: RowsRead; readonly state: string }>;
  /** Settles when the connection has ended; the session is forgotten. */
  close(sessionId: string, code: number, reason: string): Promise<CloseInfo | null>;
}

/** What a call gives. A failed probe is a result; an error says what to do instead. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}

/** Calls a tool: input checked, done in the world, told briefly. Rejects only where the call was cancelled. */
export async function callTool(world: ToolWorld, name: ToolName, input: unknown, call: ToolCall): Promise<ToolAnswer> {
  try {
    const answer = await RUNNERS[name](world, readToolInput(name, input) as never, call);
    call.signal.throwIfAborted();
    return typeof answer === 'string' ? { text: answer, isError: false } : answer;
  } catch (error) {
    call.signal.throwIfAborted();
    return { text: whyFailed(error), isError: true };
  }
}

type Runner<N extends ToolName> = (
  world: ToolWorld,
  input: ToolInputs[N],
  call: ToolCall,
) => Promise<string | ToolAnswer>;

const RUNNERS: { readonly [N in ToolName]: Runner<N> } = {
  wsprobe_probe: async (world, input, call) => `${briefReport(await world.probe(input, call))}${noteOn(input)}`,
  wsprobe_find_cure: async (world, input, call) => briefCure(await world.findCure(input, call)),
  wsprobe_connect: async (world, input, call) => {
    const { sessionId, isOpen, report } = await world.connect(input, call);
    if (!isOpen) return { text: `not connected: there is no session\n${briefReport(report)}`, isError: true };
    return `sessionId: ${sessionId}\n${briefReport(report)}`;
  },
  wsprobe_send: async (world, { sessionId, message }) => {
    const { bytes, row } = await world.send(sessionId, message);
    return `sent ${bytes} B${row === null ? '' : ` as row #${row}: wsprobe_read_frames with "after": ${row} waits for the reply`}`;
  },
  wsprobe_read_frames: async (world, { sessionId, ...asked }, call) => {
    const { read, state } = await world.readRows(sessionId, asked, call);
    return briefRows(read, state);
  },
  wsprobe_close: async (world, { sessionId, code, reason }) => {
    const end = await world.close(sessionId, code, reason);
    if (!end) return 'closed; the session is forgotten';
    const words = [`reason: ${quoteText(end.reason, 200)}`, `evidence: ${quoteText(end.evidence, 400)}`];
    return [`closed with ${end.code} by the ${end.initiator}; the session is forgotten`, ...untrusted(words)].join(
      '\n',
    );
  },
  wsprobe_explain_close: async (_world, { code, dialect }) => {
    const { explainDialectClose } = await import('../dialects/explainDialectClose.js');
    return briefClose(explainDialectClose(code, { dialect }));
  },
};

/** Who writes `@file` means a file, as in a terminal. */
function noteOn({ over }: ToolTarget): string {
  const send = over.message?.send;
  const text = typeof send === 'object' && 'text' in send ? send.text : '';
  return text.startsWith('@') ? '\nnote: "send" went as it stands: no file is read for an @' : '';
}

/** An error as a model reads it. */
function whyFailed(error: unknown): string {
  const message = plainText(error instanceof Error ? error.message : String(error), 2_000);
  if (!(error instanceof ProbeError)) return `wsprobe failed, which is its own fault: ${message}`;
  return error.hint === null ? message : `${message}\n${plainText(error.hint, 1_000)}`;
}
