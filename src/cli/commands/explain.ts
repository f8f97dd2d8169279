import { DIALECT_NAMES, dialectNamed } from '../../core/base/dialectNames.js';
import { explainDialectClose } from '../../core/dialects/explainDialectClose.js';
import { suggest } from '../../core/profile/problems.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { renderClose } from '../render/close.js';
import { plainJson } from '../render/plainReport.js';
import { styleFor } from '../render/style.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.explain);

export async function explainCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  const [text, ...rest] = positionals;
  if (text === undefined || rest.length > 0) throw usageError('explain wants one close code', 'wsprobe explain 1006');
  if (!/^\d{1,5}$/.test(text)) throw usageError('a close code is a number from 0 to 65535', 'wsprobe explain 1006');
  const code = Number(text);
  if (code > 65_535) throw usageError('a close code is a number from 0 to 65535');
  if (values.dialect !== undefined && dialectNamed(values.dialect) === null) throw unknownDialect(values.dialect);

  const explanation = explainDialectClose(code, { dialect: values.dialect });
  if (values.json === true) io.stdout.write(`${plainJson(explanation, 2)}\n`);
  else
    io.stdout.write(`${renderClose(explanation, styleFor(io, io.stdout, values['no-color'] === true)).join('\n')}\n`);
  return EXIT.ok;
}

function unknownDialect(name: string): Error {
  const guess = suggest(name, DIALECT_NAMES);
  const lead = guess === null ? '' : `Did you mean ${guess}? `;
  return usageError(`unknown dialect ${name}`, `${lead}Known: ${DIALECT_NAMES.join(', ')}`);
}
