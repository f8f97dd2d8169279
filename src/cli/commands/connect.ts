import { Conversation } from '../connect/conversation.js';
import { type Given, readGiven } from '../connect/givenInput.js';
import { Limits, loadMatches } from '../connect/limits.js';
import { loadView } from '../connect/openView.js';
import { screenKindOf } from '../connect/screen.js';
import type { ConnectSettings } from '../connect/settings.js';
import type { MakeInput } from '../connect/talk.js';
import { CONNECT_OPTIONS } from '../connect/connectOptions.js';
import { planWith, settingsOf } from '../connect/settingsOf.js';
import { PipedInput } from '../connect/pipedInput.js';
import { checkConnection } from '../effects.js';
import type { Io } from '../io.js';
import { parseOptions } from '../options.js';
import { plainJson } from '../render/plainReport.js';
import { resolveTarget } from '../target.js';
import { withSecretsFile } from '../secrets.js';
import { EXIT, usageError } from '../usage.js';

export async function connectCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values: given, positionals } = parseOptions(argv, CONNECT_OPTIONS);
  const values = await withSecretsFile(given, io);
  const [target, ...rest] = positionals;
  if (target === undefined || rest.length > 0)
    throw usageError('connect wants one URL or one .wsprobe file', 'wsprobe connect wss://example.com/socket');

  // A probe's --send is a part of its profile; here it is what a person says.
  const { send: _said, ...connection } = values;
  const resolved = await resolveTarget(target, connection, { cwd: io.cwd, env: io.env });
  if (resolved.problems.length > 0) {
    const { writeProblems } = await import('../problems.js');
    writeProblems(resolved, io, values['no-color'] === true);
  }
  if (resolved.plan === null) {
    if (values.json === true)
      io.stdout.write(`${plainJson({ type: 'problems', file: resolved.file, problems: resolved.problems }, 0)}\n`);
    return EXIT.usage;
  }
  checkConnection(connection, [resolved.plan], 'connect');
  const settings = settingsOf(values, resolved.plan, io);
  const view = await loadView(screenKindOf(io, settings.json), settings);
  const limits = new Limits(settings, await loadMatches(settings));
  const said = await readGiven(settings, io);
  try {
    const input = await loadInput(settings, said);
    const plan = planWith(resolved.plan, values, io.cwd);
    return await new Conversation(plan, settings, io, { input, limits, view }).run();
  } finally {
    await said.file?.close();
  }
}

async function loadInput({ prompts }: ConnectSettings, given: Given): Promise<MakeInput> {
  if (!prompts) return (talk) => new PipedInput(talk, given);
  const { TypedInput } = await import('../connect/typedInput.js');
  return (talk) => new TypedInput(talk, given);
}
