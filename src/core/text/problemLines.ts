import type { Report } from '../base/model.js';
import { plainText } from '../base/plainText.js';
import { stepTitle } from './stepText.js';

/** A problem as compilers print it, which the matcher `$wsprobe` reads: `file:line:column: severity: message [code]`. */
export interface ProblemLine {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly code: string;
}

export function problemLine(file: string, { line, column, severity, message, code }: ProblemLine): string {
  return `${plainText(file, 1000)}:${line}:${column}: ${severity}: ${plainText(message, 1000)} [${code}]`;
}

const TOP = { line: 1, column: 1 };

/** What is wrong with a target by its report: each failed step at its line, else the headline; none of a healthy one. */
export function failureLines({ verdict, steps, findings, error }: Report): readonly ProblemLine[] {
  if (verdict === 'healthy') return [];
  const failed = steps
    .filter(({ status }) => status === 'failed')
    .map((step): ProblemLine => {
      const message = `${stepTitle(step)}: ${step.error ?? 'failed'}`;
      return { line: step.line ?? 1, column: 1, severity: 'error', message, code: 'step.failed' };
    });
  if (failed.length > 0) return failed;
  const [headline] = findings;
  const severity = verdict === 'down' ? 'error' : 'warning';
  if (headline) return [{ ...TOP, severity, message: headline.title, code: headline.id }];
  return [
    { ...TOP, severity, message: error?.message ?? `The connection is ${verdict}.`, code: error?.code ?? verdict },
  ];
}
