import { loadDecoders } from '../../core/payload/decoders/loadDecoders.js';
import { Redactor } from '../../core/redaction/redactor.js';
import type { RecordedSource } from '../../core/session/recordedSource.js';
import { LogLines } from '../connect/logLines.js';
import { operationsText } from '../connect/operationsText.js';
import { Outlet } from '../connect/outlet.js';
import { decoderOf, dialectOf, timestampsOf } from '../connect/settingsOf.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { styleFor } from '../render/style.js';
import { visibleText } from '../render/visible.js';
import { openFile } from '../show/openFile.js';
import { writeRecordingLines } from '../show/recordingLines.js';
import { viewOf } from '../show/viewOf.js';
import { writeRows } from '../show/rows.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.show);
type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

export async function showCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0)
    throw usageError('show wants one recording: a .wsrec, .har or .jsonl file', 'wsprobe show session.wsrec');
  refuseIdle(values);
  const timestamps = timestampsOf(values.timestamps ?? 'since');
  const decoding = { decode: (values.decode ?? []).map(decoderOf), baseDir: io.cwd };
  // What cannot be read is told before anything is shown.
  await loadDecoders(decoding.decode, decoding.baseDir);
  const dialect = values.dialect === undefined ? {} : { dialect: dialectOf(values.dialect) };

  const opened = await openFile(file, io.cwd, { ...dialect, decoding });
  try {
    for (const note of opened.notes) io.stderr.write(`wsprobe: ${visibleText(note)}\n`);
    await show(opened.source, { ...values, timestamps }, io);
  } finally {
    await opened.close();
  }
  return EXIT.ok;
}

/** What a way of telling has no use for. */
const IDLE = {
  json: ['operations', 'pretty', 'timestamps', 'no-control'],
  operations: ['filter', 'wire', 'pretty', 'timestamps', 'no-control'],
} as const satisfies Partial<Record<keyof Values, readonly (keyof Values)[]>>;

function refuseIdle(values: Values): void {
  for (const way of ['json', 'operations'] as const) {
    const idle = values[way] === true ? IDLE[way].find((name) => values[name] !== undefined) : undefined;
    if (idle !== undefined) throw usageError(`--${way} and --${idle} cannot go together`);
  }
  // A filter looks at what was decoded.
  if (values.json === true && values.decode !== undefined && values.filter === undefined)
    throw usageError('--json and --decode cannot go together');
}

async function show(
  source: RecordedSource,
  values: Values & { readonly timestamps: ReturnType<typeof timestampsOf> },
  io: Io,
): Promise<void> {
  let isGone = false;
  const listener = { onFull: () => {}, onDrained: () => {}, onGone: () => void (isGone = true), onLost: () => {} };
  const outlet = new Outlet(io.stdout, listener, { maxBytes: Number.POSITIVE_INFINITY });
  const view = await viewOf(source, { mode: values.wire === true ? 'wire' : 'messages', filter: values.filter ?? '' });
  try {
    await source.dialect.caughtUp();
    if (view.unsearchable > 0) io.stderr.write(`wsprobe: ${view.unsearchable} rows could not be searched\n`);
    if (values.operations === true) outlet.write(`${operationsText(source.dialect)}\n`);
    else if (values.json === true) await writeRecordingLines(source, view, outlet, () => isGone);
    else {
      const { prettyJson } = await import('../connect/prettyJson.js');
      const lines = new LogLines({
        write: (text) => outlet.write(text),
        redactor: new Redactor(source.secrets),
        style: styleFor(io, io.stdout, values['no-color'] === true),
        timestamps: values.timestamps,
        format: values.pretty === true ? prettyJson : (text) => text,
      });
      lines.begin(0, Date.parse(source.header().startedAt));
      await writeRows({
        source,
        view,
        lines,
        outlet,
        showControl: values['no-control'] !== true,
        decodes: values.decode !== undefined,
        isGone: () => isGone,
      });
    }
    await outlet.drained();
  } finally {
    outlet.end();
    view.close();
  }
}
