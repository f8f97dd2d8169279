import { plainText } from '../core/base/plainText.js';
import type { Tracer } from '../core/watch/otlp/tracer.js';
import type { Io } from './io.js';
import { usageError } from './usage.js';

interface TraceValues {
  readonly otlp?: string;
  readonly 'allow-link-local'?: boolean;
}

/** Who sends the traces that `--otlp` asks for; null where it was not given. */
export async function tracerFor(values: TraceValues, io: Io): Promise<Tracer | null> {
  if (values.otlp === undefined) return null;
  const [{ tracesUrl }, { Tracer }] = await Promise.all([
    import('../core/watch/otlp/collector.js'),
    import('../core/watch/otlp/tracer.js'),
  ]);
  const url = tracesUrl(values.otlp);
  if (typeof url === 'string') throw usageError(`the address of --otlp ${url}`);
  return new Tracer({
    url,
    version: io.version,
    headers: headersOf(io.env),
    allowLinkLocal: values['allow-link-local'] === true,
    onTrouble: (sentence) => io.stderr.write(`wsprobe: ${plainText(sentence, 1_000)}\n`),
  });
}

const HEADERS = ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS'];
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

/** What OpenTelemetry's variables say: `name=value,name=value`, percent-encoded. Never repeats a value. */
function headersOf(env: Io['env']): Readonly<Record<string, string>> {
  const variable = HEADERS.find((name) => (env[name] ?? '') !== '');
  if (variable === undefined) return {};
  return Object.fromEntries(
    (env[variable] ?? '').split(',').flatMap((pair) => {
      if (pair.trim() === '') return [];
      const at = pair.indexOf('=');
      const name = pair.slice(0, Math.max(0, at)).trim();
      const value = decoded(pair.slice(at + 1).trim());
      if (!NAME.test(name) || value === null || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
        throw usageError(`${variable} must be name=value, with commas between`);
      return [[name, value]];
    }),
  );
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
