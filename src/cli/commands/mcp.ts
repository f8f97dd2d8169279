import { realpath, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { plainText } from '../../core/base/plainText.js';
import { allowRule } from '../allowRule.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { findTargets } from '../profiles.js';
import { resolveTarget } from '../target.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.mcp);

export async function mcpCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  if (positionals.length > 0)
    throw usageError(
      'mcp takes no targets: an agent names them',
      'wsprobe mcp --root . --allow wss://staging.example.com',
    );
  const allow = (values.allow ?? []).map(allowRule);
  const root = values.root === undefined ? null : await folderOf(values.root, io.cwd);
  const { serveMcp } = await import('../../mcp/server.js');
  const interrupt = onInterrupt(io);
  try {
    await serveMcp({
      allow,
      root,
      env: io.env,
      host: io.host,
      version: io.version,
      stdin: io.stdin,
      stdout: io.stdout.stream,
      signal: interrupt.signal,
      onFault: (error) => io.stderr.write(`wsprobe: ${plainText(error.message, 2_000)}\n`),
      resolveProfile: (file, environment, over) => {
        const chosen = environment === null ? {} : { env: environment };
        return resolveTarget(file, chosen, { cwd: root ?? io.cwd, env: io.env }, over);
      },
      listProfiles: async () => {
        const found = root === null ? [] : await findTargets([root], root);
        return found.flatMap(({ target, unreadable }) =>
          unreadable === null ? [relative(root ?? '', resolve(root ?? '', target))] : [],
        );
      },
    });
  } finally {
    interrupt.end();
  }
  return EXIT.ok;
}

async function folderOf(path: string, cwd: string): Promise<string> {
  const folder = resolve(cwd, path);
  const stats = await stat(folder).catch(() => null);
  if (stats?.isDirectory() !== true) throw usageError(`--root: ${path} is no folder`);
  return realpath(folder);
}
