import { OPCODE } from '../base/frame.js';
import type { Direction } from '../base/model.js';
import { judgeOfOpened } from '../dialects/dialectJudge.js';
import type { ConnectionEnd } from '../base/sessionEvent.js';
import { type ConnectionFacts, recordedEvents } from './events.js';
import type { RecordedMessage } from './messages.js';
import type { OpenedRecording } from './openAny.js';
import { payloadBytesOf } from './payloadJson.js';

/** A message of a conversation, whole. */
export interface SaidMessage {
  readonly direction: Direction;
  readonly binary: boolean;
  readonly bytes: Uint8Array;
  /** Since its connection opened. */
  readonly atMs: number;
  /** Its number among the messages of its connection, from 1. */
  readonly number: number;
}

/** One connection of a recording as a conversation. */
export interface RecordedConversation {
  readonly connection: number;
  readonly facts: ConnectionFacts;
  readonly messages: readonly SaidMessage[];
  /** How it ended; null: that is not recorded. */
  readonly end: ConnectionEnd | null;
  readonly endedMs: number | null;
  /** Messages that are not here whole (cut, compressed, unfinished), and so left out. */
  readonly leftOut: number;
}

export interface Conversations {
  readonly conversations: readonly RecordedConversation[];
  /** What was not read, a sentence each. */
  readonly notes: readonly string[];
}

interface Growing extends RecordedConversation {
  readonly messages: SaidMessage[];
  end: ConnectionEnd | null;
  endedMs: number | null;
  leftOut: number;
  openMs: number | null;
  count: number;
}

/** As much of one recording as is held to be said again. */
const MAX_MESSAGES = 200_000;
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_CONNECTIONS = 10_000;

/** Reads a recording into conversations, up to 200,000 messages or 256 MiB of them; the notes say what is beyond. Closes it. */
export async function readConversations(file: OpenedRecording): Promise<Conversations> {
  const conversations = new Map<number, Growing>();
  const own: string[] = [];
  let [messages, bytes] = [0, 0];
  try {
    for await (const event of recordedEvents(file)) {
      if (event.type === 'connection') {
        if (conversations.size < MAX_CONNECTIONS)
          conversations.set(event.connection, begin(event.connection, event.facts));
        continue;
      }
      const conversation = conversations.get(event.type === 'message' ? event.message.connection : event.connection);
      if (!conversation) continue;
      if (event.type === 'open') conversation.openMs ??= event.atMs;
      else if (event.type === 'close') {
        conversation.end ??= event.close;
        conversation.endedMs ??= event.atMs - (conversation.openMs ?? 0);
      } else {
        messages += 1;
        bytes += take(conversation, event.message);
        if (messages <= MAX_MESSAGES && bytes <= MAX_BYTES) continue;
        own.push(`Only the first ${messages} messages are read: more than can be held at a time.`);
        break;
      }
    }
    const leftOut = [...conversations.values()].reduce((sum, each) => sum + each.leftOut, 0);
    if (leftOut > 0) own.push(`${leftOut} messages are not in the recording as a whole, and left out.`);
    const told = [...conversations.values()].map(withDialect);
    return { conversations: told, notes: [...file.notes(), ...own] };
  } finally {
    await file.close();
  }
}

function begin(connection: number, facts: ConnectionFacts): Growing {
  const { dialect, request, response, subprotocol, url } = facts;
  const told = { dialect, request, response, subprotocol, url };
  return { connection, facts: told, messages: [], end: null, endedMs: null, leftOut: 0, openMs: null, count: 0 };
}

/** The size of what is kept of it. */
function take(conversation: Growing, message: RecordedMessage): number {
  conversation.count += 1;
  if (message.truncated || message.deflated || !message.finished) {
    conversation.leftOut += 1;
    return 0;
  }
  conversation.openMs ??= message.atMs;
  const payload = payloadBytesOf(message);
  conversation.messages.push({
    direction: message.direction,
    binary: message.opcode === OPCODE.binary,
    bytes: payload,
    atMs: Math.max(0, message.atMs - conversation.openMs),
    number: conversation.count,
  });
  return payload.length;
}

/** Messages that say which dialect is spoken, where the recording does not. */
const TELLING_MESSAGES = 50;

function withDialect(conversation: RecordedConversation): RecordedConversation {
  const { facts, messages } = conversation;
  if (facts.dialect !== null) return conversation;
  const judge = judgeOfOpened({ ...facts, wanted: 'auto' });
  for (const message of messages.slice(0, TELLING_MESSAGES)) judge.message(message);
  return judge.name === null ? conversation : { ...conversation, facts: { ...facts, dialect: judge.name } };
}
