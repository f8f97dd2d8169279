import { plainRecord } from '../render/plainReport.js';
import { type RunItem, titleOf } from '../run/item.js';
import type { RunResult } from '../run/result.js';
import { EXIT } from '../usage.js';
import { type Case, casesOf, flakyNote } from './cases.js';
import type { CreateReporter, RunHead } from './reporter.js';

/** TAP 14: a test is a profile in one environment, its subtests are what was checked. */
export const tapReporter: CreateReporter = (stream) => {
  let head: RunHead;
  let number = 0;
  return {
    async begin(run) {
      head = run;
      await stream.write(`TAP version 14\n1..${run.total}\n`);
    },
    result: (result) => stream.write(testOf(result, ++number, head.repeat)),
    async end({ interrupted, notRun }) {
      if (interrupted) return stream.write('Bail out! Interrupted\n');
      for (const item of notRun) await stream.write(`ok ${++number} - ${titleIn(item, head.repeat)} # SKIP not run\n`);
    },
  };
};

function testOf(result: RunResult, number: number, repeat: number): string {
  const { exitCode, item } = result;
  const title = titleIn(item, repeat);
  const cases = casesOf(result);
  const note = flakyNote(result);
  return [
    `# Subtest: ${title}\n`,
    ...cases.map((each, index) => `    ${pointOf(each, index + 1)}`),
    `    1..${cases.length}\n`,
    `${exitCode === EXIT.ok ? 'ok' : 'not ok'} ${number} - ${title}\n`,
    ...(note === null ? [] : [`# ${description(note)}\n`]),
  ].join('');
}

function pointOf({ details, durationMs, message, name, status, type }: Case, number: number): string {
  const isBad = status === 'failure' || status === 'error';
  const line = `${isBad ? 'not ok' : 'ok'} ${number} - ${description(name)}${status === 'skipped' ? ' # SKIP' : ''}\n`;
  if (!isBad) return line;
  // JSON is YAML, and needs no guessing about what to quote.
  const fields = { severity: status, type, message, durationMs, details };
  const yaml = Object.entries(fields).map(([key, value]) => `      ${key}: ${JSON.stringify(value)}\n`);
  return `${line}      ---\n${yaml.join('')}      ...\n`;
}

function titleIn(item: RunItem, repeat: number): string {
  return description(plainRecord(titleOf(item, repeat)));
}

/** On one line; a hash would begin a directive. */
function description(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replace(/[\\#]/g, (sign) => `\\${sign}`);
}
