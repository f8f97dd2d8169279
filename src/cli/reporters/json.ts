import { indented } from '../render/indented.js';
import { plainJson } from '../render/plainReport.js';
import { isFlaky, type RunResult } from '../run/result.js';
import type { CreateReporter } from './reporter.js';

export const RUN_SCHEMA = 'wsprobe.run/1';

/** One JSON document (`media/schemas/run.schema.json`), written as the results come. */
export const jsonReporter: CreateReporter = (stream) => {
  let separator = '\n';
  return {
    async begin({ startedAt, host }) {
      const head = { schema: RUN_SCHEMA, startedAt, vantage: { host, remote: null } };
      await stream.write(`${plainJson(head, 2).replace(/\n\}$/, '')},\n  "results": [`);
    },
    async result(result) {
      await stream.write(separator + indented(plainJson(recordOf(result), 2), '    '));
      separator = ',\n';
    },
    async end({ summary }) {
      const end = separator === '\n' ? ']' : '\n  ]';
      await stream.write(`${end},\n  "summary": ${indented(plainJson(summary, 2), '  ').trimStart()}\n}\n`);
    },
  };
};

function recordOf(result: RunResult): object {
  const { item, report, problems, fault, exitCode, failedTries, line } = result;
  return {
    file: item.file,
    target: item.label,
    environment: item.environment,
    iteration: item.iteration,
    exitCode,
    flaky: isFlaky(result),
    failedTries,
    line,
    ...(report === undefined ? {} : { report }),
    ...(problems === undefined ? {} : { problems }),
    ...(fault === undefined ? {} : { fault }),
  };
}
