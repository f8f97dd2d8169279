import { hostname } from 'node:os';
import { createClock, toThousandths } from '../../base/clock.js';
import type { Failure } from '../../base/evidence.js';
import { isConnected, type Report, type StepResult } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import { ContentReader } from '../../contract/contentReader.js';
import { VOLATILE_RULE } from '../../contract/normalise.js';
import { messageText } from '../../contract/messageText.js';
import { inPackets } from '../../contract/packets.js';
import { type Said, textOf } from '../../contract/said.js';
import type { ResponseHead } from '../../handshake/handshake.js';
import { headerValue, headerValues, listElements } from '../../handshake/headers.js';
import { openParty } from '../../probe/party.js';
import type { ProbeOptions } from '../../probe/probeOptions.js';
import type { RecordedConversation } from '../../record/conversations.js';
import { REDACTED, Redactor } from '../../redaction/redactor.js';
import { success } from '../../transport/outcome.js';
import type { ReplayDifference } from './expected.js';
import { type ReplayPace, ReplayTalk } from './replayTalk.js';

const REPLAY_SCHEMA = 'wsprobe.replay/1';

/** A recording said again to a server, and what came of it. */
export interface Replay {
  readonly schema: typeof REPLAY_SCHEMA;
  readonly recording: string;
  readonly connection: number;
  readonly url: string;
  readonly pace: ReplayPace;
  /** What counts as equal, a sentence each. */
  readonly rules: readonly string[];
  /** Messages sent again, messages expected, messages that came. */
  readonly sent: number;
  readonly expected: number;
  readonly received: number;
  readonly connected: boolean;
  /** Whether all is as it was recorded. */
  readonly same: boolean;
  /** The first 1,000. */
  readonly differences: readonly ReplayDifference[];
  /** Differences beyond those that are listed. */
  readonly more: number;
  readonly notes: readonly string[];
  /** The run as a report; its steps are the messages. */
  readonly report: Report;
}

export interface ReplayOptions extends ProbeOptions {
  readonly recording: string;
  readonly pace: ReplayPace;
  /** JSON paths that are not compared. */
  readonly ignore: readonly string[];
  /** False: identifiers, times and sequence numbers are compared too. */
  readonly normalise: boolean;
  readonly notes?: readonly string[];
}

const MAX_DIFFERENCES = 1_000;
const MAX_ROWS = 10_000;

/** Says again what the recording sent and holds the answers against those recorded. Never rejects for what a peer does. */
export async function replay(plan: ProbePlan, recorded: RecordedConversation, options: ReplayOptions): Promise<Replay> {
  const conversation = inPackets(recorded);
  const { ignore, normalise, pace, recording, signal } = options;
  const { dialect } = conversation.facts;
  const [then, now] = [await ContentReader.of(dialect), await ContentReader.of(dialect)];
  const clock = createClock();
  const asked = planOf(plan, conversation);
  const vantage = { host: options.host ?? hostname(), remote: options.remote ?? null };
  const party = await openParty(asked, { probe: options, vantage, clock, schemas: success(new Map()) });
  const { failure: refused, run, script } = party;
  const { closeMs, messageMs: replyMs } = asked.timeouts;
  const redactor = new Redactor([...asked.secrets, ...run.secrets]);
  const shown = (said: Said) => withoutSecrets(said, redactor);
  const settings = { pace, rules: { ignore, normalise }, clock, signal, replyMs, closeMs, shown };
  const talk = new ReplayTalk(conversation, settings, then, now);
  const response = run.current?.connection.connection.handshake.record.response ?? null;
  const isOpen = refused === null && script.talker !== null && script.isOpen;
  const differences = isOpen && script.talker ? await talk.run(script.talker) : [];
  const all = redactor.deep([...handshakeDifferences(conversation, response), ...differences]);
  await script.finish({ failure: refused ?? failureOf(talk, all), count: talk.sent.length, endedMs: clock() });
  script.tell(isOpen ? rowsOf(talk, all, shown) : []);
  const report = run.report(script.told);
  const isAsRefused = isRefusal(conversation) && report.response?.status === conversation.facts.response?.status;
  const isConnectedNow = isConnected(report);
  return {
    schema: REPLAY_SCHEMA,
    recording,
    connection: conversation.connection,
    url: report.url,
    pace,
    rules: rulesOf(options),
    sent: talk.sent.length,
    expected: talk.expected.messages.length,
    received: talk.expected.received,
    connected: isConnectedNow,
    same: all.length === 0 && (isAsRefused || (isConnectedNow && report.error === null)),
    differences: all.slice(0, MAX_DIFFERENCES),
    more: Math.max(0, all.length - MAX_DIFFERENCES) + talk.expected.uncounted,
    notes: [...(options.notes ?? []), ...notesOf(conversation)],
    report,
  };
}

/** Before it is cut: the beginning of a secret would be told else. */
function withoutSecrets(said: Said, redactor: Redactor): Said {
  const bytes = redactor.bytes(said.bytes);
  return bytes === said.bytes ? said : { binary: said.binary, bytes };
}

/** Subprotocols are offered as they were; a refusal and a close that were recorded are as they should be. */
function planOf({ clients: _clients, ...plan }: ProbePlan, { end, facts }: RecordedConversation): ProbePlan {
  const recorded = headerValues(facts.request?.headers ?? [], 'sec-websocket-protocol').flatMap(listElements);
  const status = facts.response?.status;
  const offered = recorded.length > 0 ? recorded : facts.subprotocol === null ? [] : [facts.subprotocol];
  return {
    ...plan,
    steps: [],
    talked: true,
    message: null,
    subprotocols: plan.subprotocols.length > 0 ? plan.subprotocols : offered,
    expect: {
      ...plan.expect,
      holdMs: 0,
      ...(status !== undefined && status >= 300 ? { status } : {}),
      ...(end?.initiator === 'server' && end.code !== null ? { closeCode: [end.code] } : {}),
    },
  };
}

function isRefusal({ facts }: RecordedConversation): boolean {
  return (facts.response?.status ?? 101) >= 300;
}

function handshakeDifferences({ facts }: RecordedConversation, response: ResponseHead | null): ReplayDifference[] {
  const recorded = facts.response;
  if (recorded === null || response === null) return [];
  const isAsBefore = isRefused(recorded.status) ? recorded.status === response.status : !isRefused(response.status);
  if (!isAsBefore) return [differenceOf('status', String(recorded.status), String(response.status))];
  if (isRefused(recorded.status)) return [];
  const [was, is] = [facts.subprotocol ?? 'none', headerValue(response.headers, 'sec-websocket-protocol') ?? 'none'];
  return was === is ? [] : [differenceOf('subprotocol', was, is)];
}

function differenceOf(kind: ReplayDifference['kind'], expected: string, actual: string): ReplayDifference {
  return { kind, number: null, expected, actual, paths: [] };
}

/** Over HTTP/2 an upgrade is accepted with 200. */
function isRefused(status: number): boolean {
  return status !== 101 && (status < 200 || status > 299);
}

function failureOf(talk: ReplayTalk, differences: readonly ReplayDifference[]): Failure | null {
  if (talk.failure?.kind === 'cancelled') return talk.failure;
  const [first] = differences;
  if (first === undefined) return talk.failure;
  const others = differences.length > 1 ? ` (and ${differences.length - 1} more)` : '';
  const message = `${differenceText(first)}${others}`;
  return { phase: 'message', kind: 'expectation', code: 'step.failed', message };
}

/** One difference in a sentence. */
function differenceText({ actual, expected, kind, number, paths }: ReplayDifference): string {
  const [first] = paths;
  const where =
    first === undefined
      ? ''
      : ` at ${first.path}: expected ${first.expected ?? 'nothing'}, got ${first.actual ?? 'nothing'}`;
  if (kind === 'changed') return `Message ${number} is another one${where}.`;
  if (kind === 'missing') return `Message ${number} did not come: ${expected}.`;
  if (kind === 'unexpected') return `A message that was not recorded came: ${actual}.`;
  return `The ${kind} is another one: expected ${expected}, got ${actual}.`;
}

/** The messages as steps of the report, in the order of the recording; those beyond 10,000 are left out. */
function rowsOf(talk: ReplayTalk, differences: readonly ReplayDifference[], shown: (said: Said) => Said): StepResult[] {
  const sentAt = new Map(talk.sent.map(({ atMs, message }) => [message.number, atMs]));
  const byNumber = new Map(differences.map((each) => [each.number, each]));
  const rows = talk.script.slice(0, MAX_ROWS).map((message): StepResult => {
    const name = `${message.direction === 'sent' ? 'send' : 'expect'} ${message.number}: ${messageText(shown(message))}`;
    const base = { name, client: null, durationMs: 0, error: null };
    if (message.direction === 'sent') {
      const atMs = sentAt.get(message.number);
      return {
        ...base,
        kind: 'send',
        status: atMs === undefined ? 'skipped' : 'ok',
        startMs: toThousandths(atMs ?? 0),
      };
    }
    const difference = byNumber.get(message.number);
    const startMs = toThousandths(talk.cameMs(message) ?? 0);
    if (!difference) return { ...base, kind: 'expect', status: 'ok', startMs };
    return { ...base, kind: 'expect', status: 'failed', startMs, ...failedRow(difference) };
  });
  const others = differences.filter(({ number }) => number === null).slice(0, MAX_ROWS);
  return [
    ...rows,
    ...others.map((difference): StepResult => {
      const base = { name: difference.kind, client: null, kind: 'expect', startMs: 0, durationMs: 0 };
      return { ...base, status: 'failed', ...failedRow(difference) };
    }),
  ];
}

function failedRow(difference: ReplayDifference): Pick<StepResult, 'error' | 'expected' | 'actual' | 'differences'> {
  const { actual, expected, paths } = difference;
  return {
    error: differenceText(difference),
    ...(expected === null ? {} : { expected }),
    ...(actual === null ? {} : { actual }),
    ...(paths.length === 0 ? {} : { differences: paths }),
  };
}

function rulesOf({ ignore, normalise }: ReplayOptions): string[] {
  return [
    normalise ? VOLATILE_RULE : 'Identifiers, times and sequence numbers are compared like all else.',
    'What the server made and the recording sent back is sent as the server makes it now.',
    'Messages may overtake each other by up to 100; when they came is not compared, and the order of JSON keys neither.',
    'Once all has come, more messages of the types that were recorded are left out.',
    'Pings, pongs and the heartbeats of the dialect are left out.',
    ...ignore.map((path) => `${path} is not compared.`),
  ];
}

function notesOf({ messages }: RecordedConversation): string[] {
  const hidden = messages.filter(
    ({ binary, bytes, direction }) => direction === 'sent' && !binary && textOf(bytes).includes(REDACTED),
  ).length;
  if (hidden === 0) return [];
  return [`${hidden} messages were sent with ${REDACTED} where a secret was: a recording holds none.`];
}
