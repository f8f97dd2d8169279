import { resolve } from 'node:path';
import { suggest } from '../../core/profile/problems.js';
import type { Io } from '../io.js';
import { REPORTER_NAMES } from '../optionTable.js';
import { createStyle, styleFor } from '../render/style.js';
import { usageError } from '../usage.js';
import type { Reporter, ReporterOptions } from './reporter.js';
import { reportFolder } from './reportFolder.js';
import { fileStream, outputStream, type ReportFile } from './streams.js';
import { isReporterName, REPORTERS, type ReporterName } from './table.js';
import { withoutWorkflowCommands } from './workflowCommand.js';

export interface ReporterValues {
  readonly reporter?: readonly string[] | undefined;
  readonly output?: string | undefined;
  readonly reports?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly 'no-color'?: boolean | undefined;
}

/** A reporter and where it writes; null: standard output. */
export interface ChosenReporter {
  readonly name: ReporterName;
  readonly path: string | null;
}

/** What the options ask for: at most one without a file, and no file twice. Throws a usage error. */
export function chooseReporters(values: ReporterValues, cwd: string): readonly ChosenReporter[] {
  const named = [...(values.reporter ?? []), ...(values.json === true ? ['json'] : [])].map((text) => parse(text, cwd));
  const onOutput = named.filter(({ path }) => path === null);
  const [first, second] = onOutput;
  if (first !== undefined && second !== undefined)
    throw usageError(
      `--reporter ${first.name} and ${second.name} both own standard output`,
      `--reporter ${second.name}=<file>`,
    );
  const output = values.output === undefined ? null : resolve(cwd, values.output);
  const all = [
    ...named.map((each) => (each.path === null ? { ...each, path: output } : each)),
    ...(onOutput.length > 0 ? [] : [{ name: 'text', path: output } as const]),
  ];
  const paths = all.flatMap(({ path }) => path ?? []);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw usageError(`two reporters cannot write to ${twice}`);
  if (values.quiet === true && !all.some(({ name }) => name === 'text'))
    throw usageError('--quiet is for --reporter text, which is not asked for');
  if (values.quiet === true && values.verbose === true) throw usageError('--quiet and --verbose cannot go together');
  return all;
}

function parse(text: string, cwd: string): ChosenReporter {
  const [, name = '', path] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (!isReporterName(name)) {
    const near = suggest(name, REPORTER_NAMES);
    const hint = near === null ? `Known: ${REPORTER_NAMES.join(', ')}` : `Did you mean ${near}?`;
    throw usageError(`unknown reporter ${name}`, hint);
  }
  if (path === '') throw usageError(`--reporter ${name}= wants a file`, `--reporter ${name}=<file>`);
  return { name, path: path === undefined ? null : resolve(cwd, path) };
}

/** The chosen reporters as one, their files open before anything is run. `close` is called whatever happened. */
export async function openReporters(
  chosen: readonly ChosenReporter[],
  values: ReporterValues,
  io: Io,
): Promise<{ readonly reporter: Reporter; readonly close: () => Promise<void> }> {
  const files: ReportFile[] = [];
  const close = async () => {
    await Promise.all(files.map((file) => file.close()));
  };
  try {
    const reporters: Reporter[] = [];
    for (const { name, path } of chosen) {
      const file = path === null ? ownOutput(name, io) : await fileStream(path);
      files.push(file);
      reporters.push(REPORTERS[name](file, optionsFor(values, path, io)));
    }
    if (values.reports !== undefined) reporters.push(await reportFolder(resolve(io.cwd, values.reports)));
    return { reporter: together(reporters), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** On GitHub every line of a step's output may be a command, wherever it came from. */
function ownOutput(name: ReporterName, io: Io): ReportFile {
  if (name !== 'text' || (io.env['GITHUB_ACTIONS'] ?? '') === '') return outputStream(io.stdout);
  return outputStream(io.stdout, (text) => text.split('\n').map(withoutWorkflowCommands).join('\n'));
}

function optionsFor(values: ReporterValues, path: string | null, io: Io): ReporterOptions {
  const { colour, unicode, width } = styleFor(io, io.stdout, values['no-color'] === true);
  const style = createStyle({ width, unicode: unicode || path !== null, colour: colour && path === null });
  return { style, verbose: values.verbose === true, quiet: values.quiet === true };
}

function together(reporters: readonly Reporter[]): Reporter {
  const each = async (tell: (reporter: Reporter) => Promise<void>) => {
    for (const reporter of reporters) await tell(reporter);
  };
  return {
    begin: (head) => each((reporter) => reporter.begin(head)),
    result: (result) => each((reporter) => reporter.result(result)),
    end: (end) => each((reporter) => reporter.end(end)),
  };
}
