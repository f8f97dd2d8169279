import type { Decoder } from '../../base/message.js';
import { decoded, unreadable } from '../../dialects/decoded.js';
import type { Decoded, DialectDecoder, DialectMessage, MessageReading } from '../../dialects/dialect.js';
import { type DecoderReading, type LoadedDecoders, loadDecoders, readValue } from './loadDecoders.js';

/** What a plan says of decoding. */
export interface DecodingPlan {
  readonly decode?: readonly Decoder[];
  readonly baseDir: string | null;
}

const known = new WeakMap<readonly Decoder[], Map<MessageReading | null, MessageReading>>();

/**
 * Who reads the messages of this plan: its decoders first, then the dialect, which sees what was inside of the wrappings. The
 * same reader for the same dialect. Null where there is neither.
 */
export function readerOf(plan: DecodingPlan, dialect: MessageReading | null): MessageReading | null {
  const { decode = [], baseDir } = plan;
  if (decode.length === 0) return dialect;
  const made = known.get(decode) ?? new Map<MessageReading | null, MessageReading>();
  known.set(decode, made);
  const reader = made.get(dialect) ?? {
    name: dialect?.name ?? null,
    createDecoder: async () => {
      const decoders = await loadDecoders(decode, baseDir);
      return decoderOf(decoders, dialect ? await dialect.createDecoder() : null);
    },
  };
  made.set(dialect, reader);
  return reader;
}

function decoderOf(decoders: LoadedDecoders, dialect: DialectDecoder | null): DialectDecoder {
  const decode = (message: DialectMessage): readonly Decoded[] => {
    const read = decoders.read(message);
    if (read === null) return dialect?.decode(message) ?? [];
    if (read.problem !== null) return [unreadable(`${message.bytes.length} bytes`, read.problem)];
    if (read.value === null && dialect) return dialect.decode({ ...message, binary: read.binary, bytes: read.bytes });
    return [told(read)];
  };
  if (!dialect?.fork) return { decode };
  return {
    decode,
    fork: () => {
      const fork = dialect.fork?.() ?? null;
      return fork && decoderOf(decoders, fork);
    },
  };
}

/** As much of a value as a label is made of. */
const MAX_LABEL_SOURCE = 4_096;

function told(read: DecoderReading): Decoded {
  const value = () => readValue(read);
  const isLong = read.bytes.length > MAX_LABEL_SOURCE;
  const shown = isLong ? `${read.bytes.length} bytes` : JSON.stringify(value());
  return decoded({ label: [read.steps.join(' '), shown], role: 'event', value });
}
