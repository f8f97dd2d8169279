import { renderReport } from '../render/report.js';
import { renderFailedSteps, renderRunLine, renderRunSummary, type RunLayout } from '../render/run.js';
import { isFlaky, type RunResult } from '../run/result.js';
import { EXIT } from '../usage.js';
import type { CreateReporter, ReporterOptions } from './reporter.js';

/** A line for each probe, what is known of a conversation that failed below it, and a summary. */
export const textReporter: CreateReporter = (stream, options) => {
  let layout: RunLayout = { titleColumns: 0, repeat: 1 };
  return {
    begin: async (head) => {
      layout = head;
    },
    async result(result) {
      const lines = linesOf(result, layout, options);
      if (lines.length > 0) await stream.write(`${lines.join('\n')}\n`);
    },
    async end({ summary }) {
      await stream.write(`${renderRunSummary(summary, options.style).join('\n')}\n`);
    },
  };
};

function linesOf(result: RunResult, layout: RunLayout, { quiet, style, verbose }: ReporterOptions): readonly string[] {
  const isWell = result.exitCode === EXIT.ok && !isFlaky(result);
  if (quiet && isWell) return [];
  const line = renderRunLine(result, layout, style);
  if (!verbose || isWell || result.report === undefined) return [line, ...renderFailedSteps(result, style)];
  return [line, ...renderReport(result.report, style, { verbose }).map((each) => `  ${each}`.trimEnd()), ''];
}
