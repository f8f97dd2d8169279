import { Watch, type WatchEvent, type WatchSummary } from '../../core/watch/watch.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { parseOptions } from '../options.js';
import { tracerFor } from '../otlp.js';
import { withSecretsFile } from '../secrets.js';
import { EXIT } from '../usage.js';
import { historyIn } from '../watch/history.js';
import { settingsOf, targetsOf, WATCH_OPTIONS, type WatchSettings } from '../watch/settings.js';
import { WatchScreen } from '../watch/screen.js';

export async function watchCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values: given, positionals } = parseOptions(argv, WATCH_OPTIONS);
  const values = await withSecretsFile(given, io);
  const settings = settingsOf(values);
  const targets = await targetsOf(positionals, values, settings, io);
  if (targets === null) return EXIT.usage;
  const tracer = await tracerFor(values, io);
  const history = settings.history === null ? null : await historyIn(settings.history, io);
  const interrupt = onInterrupt(io);
  const screen = new WatchScreen(settings, io);
  try {
    const watch: Watch = new Watch({
      targets,
      count: settings.count,
      forMs: settings.forMs,
      signal: interrupt.signal,
      vantage: { host: io.host, remote: null },
      ...(tracer ? { probe: tracer.probe } : {}),
      ...(history ? { remembered: (subject) => history.of(subject) } : {}),
      onEvent: async (event: WatchEvent) => {
        if (event.kind === 'sample') await history?.append(event.sample);
        await screen.show(event);
      },
    });
    screen.begin(
      () => watch.summary(),
      () => watch.stop(),
    );
    const summary = await watch.run();
    screen.end(summary);
    return exitCodeOf(summary, settings, interrupt.signal.aborted);
  } finally {
    screen.close();
    interrupt.end();
    await tracer?.end();
    await history?.close();
  }
}

/** Ctrl+C is how a watch without an end is ended, and cuts short one that has an end. */
function exitCodeOf(
  { targets }: WatchSummary,
  { count, forMs }: Pick<WatchSettings, 'count' | 'forMs'>,
  interrupted: boolean,
): number {
  if (interrupted && (count !== null || forMs !== null)) return EXIT.interrupted;
  if (!targets.some(({ reached }) => reached)) return EXIT.noConnection;
  return targets.some(({ alerts }) => alerts.length > 0) ? EXIT.failed : EXIT.ok;
}
