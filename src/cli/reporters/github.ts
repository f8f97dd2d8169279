import { plainRecord } from '../render/plainReport.js';
import { renderRunSummary } from '../render/run.js';
import { type RunItem, titleOf } from '../run/item.js';
import { reasonOf, type RunResult } from '../run/result.js';
import { EXIT } from '../usage.js';
import { casesOf, flakyNote } from './cases.js';
import type { CreateReporter } from './reporter.js';
import { withoutWorkflowCommands, workflowCommand } from './workflowCommand.js';

/** Workflow commands of GitHub Actions: each failure is an annotation at its line of the profile. */
export const githubReporter: CreateReporter = (stream, { style }) => {
  let repeat = 1;
  return {
    begin: async (head) => {
      repeat = head.repeat;
    },
    async result(result) {
      const lines = annotations(result, repeat);
      if (lines.length > 0) await stream.write(`${lines.join('\n')}\n`);
    },
    async end({ summary }) {
      await stream.write(`${renderRunSummary(summary, style).map(withoutWorkflowCommands).join('\n').trimStart()}\n`);
    },
  };
};

function annotations(result: RunResult, repeat: number): readonly string[] {
  const { exitCode, item, problems, report } = result;
  if (problems !== undefined)
    return plainRecord(problems).map(({ code, line, character, message, severity }) =>
      workflowCommand(
        severity,
        { ...placeOf(item, line + 1), col: character + 1, title: title(item, repeat) },
        `${message} [${code}]`,
      ),
    );
  const place = { ...placeOf(item, result.line), title: title(item, repeat) };
  const flaky = flakyNote(result);
  if (flaky !== null) return [workflowCommand('warning', place, flaky)];
  if (exitCode === EXIT.interrupted) return [workflowCommand('warning', place, 'interrupted')];
  if (exitCode === EXIT.ok)
    return report?.verdict === 'degraded' ? [workflowCommand('warning', place, plainRecord(reasonOf(result)))] : [];
  const bad = casesOf(result).filter(({ status }) => status === 'failure' || status === 'error');
  return bad.map(({ details, message, name }) => {
    const text = [name === 'connection' ? message : `${name}: ${message}`, ...details].join('\n');
    return workflowCommand('error', place, text);
  });
}

function placeOf({ file }: RunItem, line: number | null) {
  return { file: file === null ? null : plainRecord(file), line: file === null ? null : line };
}

function title(item: RunItem, repeat: number): string {
  return plainRecord(titleOf(item, repeat));
}
