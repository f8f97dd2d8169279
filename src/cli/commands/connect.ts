import { Conversation } from '../connect/conversation.js';
import { CONNECT_OPTIONS } from '../connect/connectOptions.js';
import { planWith, settingsOf } from '../connect/settingsOf.js';
import type { Io } from '../io.js';
import { parseOptions } from '../options.js';
import { plainJson } from '../render/plainReport.js';
import { resolveTarget } from '../target.js';
import { EXIT, usageError } from '../usage.js';
import { writeProblems } from '../problems.js';

export async function connectCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, CONNECT_OPTIONS);
  const [target, ...rest] = positionals;
  if (target === undefined || rest.length > 0)
    throw usageError('connect wants one URL or one .wsprobe file', 'wsprobe connect wss://example.com/socket');

  // A probe's --send is a part of its profile; here it is what a person says.
  const { send: _said, ...connection } = values;
  const resolved = await resolveTarget(target, connection, { cwd: io.cwd, env: io.env });
  writeProblems(resolved, io, values['no-color'] === true);
  if (resolved.plan === null) {
    if (values.json === true)
      io.stdout.write(`${plainJson({ type: 'problems', file: resolved.file, problems: resolved.problems }, 0)}\n`);
    return EXIT.usage;
  }
  const settings = settingsOf(values, resolved.plan, io);
  return new Conversation(planWith(resolved.plan, values, io.cwd), settings, io).run();
}
