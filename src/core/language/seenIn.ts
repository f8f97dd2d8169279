import type { Report } from '../base/model.js';
import { type DialectMessage, type MessageReading } from '../dialects/dialect.js';
import { judgeDialect } from '../dialects/judgeDialect.js';
import { jsonValue } from '../payload/decoders/jsonValue.js';
import { NO_SHAPE, type Seen, type Shape } from './seen.js';

const MAX_PATHS = 200;
const MAX_DEPTH = 6;
const MAX_BYTES = 64 * 1024;
const MAX_TEXTS = 50;
const MAX_LENGTH = 200;

/** The messages of a report, as they came and as their dialect reads them. */
export async function seenIn(report: Pick<Report, 'frames' | 'subprotocol' | 'url'>): Promise<Seen> {
  const messages = messagesOf(report);
  const texts = messages.flatMap(({ binary, bytes, direction }) =>
    !binary && direction === 'received' ? [Buffer.from(bytes).toString()] : [],
  );
  const subprotocol = report.subprotocol?.selected ?? null;
  const offered = report.subprotocol?.offered ?? [];
  const { reader } = judgeDialect({ wanted: 'auto', subprotocol, offered, url: report.url, messages });
  const raw = shapeOf(texts.map(parsed).filter((value) => value !== undefined));
  return { raw, ...(reader ? await readBy(reader, messages) : { decoded: NO_SHAPE, events: [] }) };
}

async function readBy(
  { createDecoder }: Pick<MessageReading, 'createDecoder'>,
  messages: readonly DialectMessage[],
): Promise<Pick<Seen, 'decoded' | 'events'>> {
  const decoder = await createDecoder();
  const values: unknown[] = [];
  const events = new Set<string>();
  for (const message of messages) {
    for (const { operation, value } of decoder.decode(message)) {
      if (operation !== null && operation.length <= MAX_LENGTH && events.size < MAX_PATHS) events.add(operation);
      if (message.direction === 'received') values.push(jsonValue(value));
    }
  }
  return { decoded: shapeOf(values), events: [...events] };
}

/** Whole ones that the report has in full. */
function messagesOf({ frames }: Pick<Report, 'frames'>): readonly DialectMessage[] {
  return frames.flatMap(({ opcode, fin, rsv1, truncated, text, base64, inflated, direction, atMs }) => {
    const isWhole = fin && !rsv1 && !truncated && (opcode === 1 || opcode === 2);
    const from = inflated ?? (isWhole ? { text, base64, truncated } : null);
    if (!from || from.truncated) return [];
    const bytes = from.text === undefined ? Buffer.from(from.base64 ?? '', 'base64') : Buffer.from(from.text);
    return bytes.length > MAX_BYTES ? [] : [{ direction, binary: from.text === undefined, bytes, atMs }];
  });
}

/** Bounded, whatever the values hold. */
export function shapeOf(values: readonly unknown[]): Shape {
  const texts = new Map<string, Set<string>>();
  let level: (readonly [path: string, value: unknown])[] = values.map((value) => ['$', value] as const);
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const child of level.flatMap(([path, value]) => childrenOf(path, value))) {
      const [path, value] = child;
      const known = texts.get(path) ?? new Set();
      if (!texts.has(path) && texts.size >= MAX_PATHS) continue;
      texts.set(path, known);
      if (typeof value === 'string' && value.length <= MAX_LENGTH && known.size < MAX_TEXTS) known.add(value);
      next.push(child);
    }
    level = next;
  }
  return {
    paths: [...texts.keys()],
    texts: Object.fromEntries([...texts].map(([path, known]) => [path, [...known]])),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function childrenOf(path: string, value: unknown): readonly (readonly [path: string, value: unknown])[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  if (Array.isArray(value)) return value.length === 0 ? [] : [[`${path}[0]`, value[0]]];
  return Object.entries(value)
    .slice(0, MAX_PATHS)
    .map(([name, child]) => [/^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}[${quoted(name)}]`, child]);
}

function quoted(name: string): string {
  return `'${name.replace(/['\\]/g, '\\$&')}'`;
}
