import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { ProbeError } from '../../core/base/errors.js';
import { Attachment, type AttachOptions } from '../../core/tap/devtools/attachment.js';
import { devtoolsAddress } from '../../core/tap/devtools/address.js';
import { openOutput, timestampsFor } from '../observed/observedOutput.js';
import { dialectOf } from '../connect/settingsOf.js';
import type { Timestamps } from '../connect/settings.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { plural } from '../render/words.js';
import { asUsage, EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.attach);
type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

/** Follows the sockets of other programs until it is interrupted, or nothing is left to follow. */
export async function attachCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  const [address, ...rest] = positionals;
  if (address === undefined || rest.length > 0)
    throw usageError('attach wants one address of DevTools', 'wsprobe attach http://127.0.0.1:9222');
  checkAddress(address);
  const timestamps = timestampsFor(values);
  const dialect = values.dialect === undefined ? {} : { dialect: dialectOf(values.dialect) };
  const interrupt = onInterrupt(io);
  try {
    return await follow({ address, dialect, timestamps, values, io, signal: interrupt.signal });
  } finally {
    interrupt.end();
  }
}

interface Following {
  readonly address: string;
  readonly dialect: Pick<AttachOptions, 'dialect'>;
  readonly timestamps: Timestamps;
  readonly values: Values;
  readonly io: Io;
  readonly signal: AbortSignal;
}

async function follow({ address, dialect, timestamps, values, io, signal }: Following): Promise<number> {
  const output = await openOutput({ values, timestamps, io });
  const { outlet, say, secrets } = output;
  let failed: ProbeError | null = null;
  const attachment = await started({
    sessionId: randomUUID(),
    address,
    hook: values.hook === true,
    secrets,
    spillDir: tmpdir(),
    signal: AbortSignal.any([signal, output.gone]),
    ...dialect,
    ...(output.listener ? { listener: output.listener } : {}),
    onRecordingError: (error) => {
      failed = error;
      say(error.message);
    },
    prepare: async (source) => {
      if (values.record !== undefined) await source.record(resolve(io.cwd, values.record));
      await output.follow(source);
    },
  });
  if (typeof attachment === 'string') {
    say(attachment);
    outlet.end();
    return EXIT.noConnection;
  }
  say(`attached to ${attachment.source.snapshot().name}; Ctrl+C ends it`);
  try {
    const why = await attachment.done;
    if (!signal.aborted) say(`ended: ${why}`);
  } finally {
    const ended = attachment.source.snapshot();
    await attachment.source.dispose();
    await outlet.drained();
    outlet.end();
    say(`${plural(ended.connections, 'connection')}, ${ended.sent.messages} sent, ${ended.received.messages} received`);
  }
  return failed === null ? EXIT.ok : EXIT.failed;
}

/** The attachment; or why there is nobody to attach to, in a sentence or two. */
async function started(options: AttachOptions): Promise<Attachment | string> {
  try {
    return await Attachment.start(options);
  } catch (error) {
    if (!(error instanceof ProbeError && error.code.startsWith('attach.'))) throw asUsage(error);
    return [error.message, error.hint].filter(Boolean).join(' ');
  }
}

function checkAddress(address: string): void {
  try {
    devtoolsAddress(address);
  } catch (error) {
    throw asUsage(error);
  }
}
