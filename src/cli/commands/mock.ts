import { plainText } from '../../core/base/plainText.js';
import { aborted } from '../../core/base/stoppable.js';
import type { RecordedConversation } from '../../core/record/conversations.js';
import { isRecordingName } from '../../core/record/openAny.js';
import type { MockEvent } from '../../core/tap/mock/mockEvents.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { openWarning, parseListen } from '../listenAddress.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { writeProblems } from '../problems.js';
import { connectionOf, readRecorded } from '../recordings.js';
import { plainJson } from '../render/plainReport.js';
import { withSecretsFile } from '../secrets.js';
import { resolveTarget } from '../target.js';
import { asUsage, EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.mock);

type MockValues = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

const OF_PROFILES = ['env', 'var', 'secret', 'secrets-file'] as const;

const DEFAULT_LISTEN = '127.0.0.1:0';

export async function mockCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values: given, positionals } = parseOptions(argv, OPTIONS);
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0)
    throw usageError('mock wants one recording or one profile', 'wsprobe mock session.wsrec');
  const useless = OF_PROFILES.find((option) => given[option] !== undefined);
  if (isRecordingName(name) && useless !== undefined)
    throw usageError(`--${useless} is for profiles: a recording has what was said`);
  const values = await withSecretsFile(given, io);
  const { pace = 'fast' } = values;
  if (pace !== 'fast' && pace !== 'real') throw usageError('--pace wants fast or real');
  const listen = parseListen('--listen', values.listen ?? DEFAULT_LISTEN);
  const served = isRecordingName(name) ? await recorded(name, values, io) : await ofProfile(name, values, io);
  if (served === null) return EXIT.usage;
  for (const note of served.notes) io.stderr.write(`wsprobe: ${plainText(`${name}: ${note}`, 2000)}\n`);

  const { startMock } = await import('../../core/tap/mock/mockServer.js');
  const { conversations, secrets = [] } = served;
  const onEvent = (event: MockEvent) => tell(event, values.json === true, io);
  const interrupt = onInterrupt(io);
  try {
    const mock = await startMock({ conversations, secrets, ...listen, pace, onEvent }).catch((error: unknown) => {
      throw asUsage(error);
    });
    try {
      if (values.json === true) io.stdout.write(`${plainJson({ kind: 'listening', url: mock.url }, 0)}\n`);
      else io.stdout.write(`${mock.url}\n`);
      const warning = openWarning(mock.url, 'gets what is recorded.');
      if (warning !== null) io.stderr.write(`wsprobe: ${warning}\n`);
      await aborted(interrupt.signal);
    } finally {
      await mock.stop();
    }
  } finally {
    interrupt.end();
  }
  return EXIT.ok;
}

interface Served {
  readonly conversations: readonly RecordedConversation[];
  readonly notes: readonly string[];
  readonly secrets?: readonly string[];
}

async function recorded(name: string, values: MockValues, io: Io): Promise<Served> {
  const read = await readRecorded(name, io.cwd);
  const chosen = connectionOf(read, name, values.connection);
  return chosen === null ? read : { ...read, conversations: [chosen] };
}

/** The steps of a profile, seen from the server. Null: it cannot be used, and that was told. */
async function ofProfile(name: string, values: MockValues, io: Io): Promise<Served | null> {
  if (!name.endsWith('.wsprobe'))
    throw usageError(`${name} is neither a recording nor a profile`, 'wsprobe mock session.wsrec');
  if (values.connection !== undefined) throw usageError('--connection is for recordings: a profile has clients');
  const resolved = await resolveTarget(name, values, io);
  writeProblems(resolved, io, values['no-color'] === true);
  if (resolved.plan === null) return null;
  const { conversationsOfPlan } = await import('../../core/tap/mock/profileConversation.js');
  return { ...(await conversationsOfPlan(resolved.plan)), secrets: resolved.plan.secrets };
}

/** Everything is told with --json; a person is told what did not go as recorded. */
function tell(event: MockEvent, isJson: boolean, io: Io): void {
  if (isJson) {
    io.stdout.write(`${plainJson(event, 0)}\n`);
    return;
  }
  const words = wordsOf(event);
  if (words !== null) io.stderr.write(`wsprobe: client ${event.client}: ${plainText(words, 1000)}\n`);
}

function wordsOf(event: MockEvent): string | null {
  switch (event.kind) {
    case 'connected': {
      const { connection, wantedSubprotocol } = event;
      const missing = wantedSubprotocol === null ? '' : `, without the recorded subprotocol ${wantedSubprotocol}`;
      return `answered as connection ${connection}${missing}`;
    }
    case 'refused':
      return `refused with ${event.status}, as connection ${event.connection} was`;
    case 'answered':
      return event.by === 'type'
        ? `taken for message ${event.request}, which it is not: only the type is the same`
        : null;
    case 'unmatched':
      return `nothing like this is recorded: ${event.message}`;
    case 'closed':
      return `closed, ${event.code}${event.unmatched > 0 ? `, ${event.unmatched} of its messages are like nothing recorded` : ''}`;
  }
}
