import type { ExpectationResult, Finding, StepResult } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { differenceText, stepDetails } from '../../text/stepText.js';
import { finding } from '../finding.js';
import { textFix } from '../snippets/shell.js';

/** Expectations of the profile that no other finding explains. */
export const expectation: Rule = {
  ids: ['expectation.failed'],
  diagnose: (evidence) => {
    const failed = unexplained(evidence);
    const { failure } = evidence;
    if (failure?.kind !== 'expectation' && failed.length === 0) return null;
    const first = failed[0];
    if (!first && explainedElsewhere(evidence)) return null;
    const step = evidence.report.steps.find(({ status }) => status === 'failed');
    if (!first && step) return failedStep(step, failure?.message ?? '');
    return finding('expectation.failed', {
      title: first
        ? `The profile expects "${quoteText(first.name, 120)}" and got: ${quoteText(first.actual, 80) || 'nothing'}`
        : `An expectation of the profile was not met${failure?.message ? `: ${quoteText(failure.message, 160)}` : ''}`,
      explanation:
        'The connection works as a WebSocket. What was observed differs from what the profile says a healthy one looks like: either the server changed, or the profile should.',
      evidence: failed.map(
        ({ name, expected, actual }) =>
          `${quoteText(name, 120)}: expected ${quoteText(expected, 120)}, got ${quoteText(actual, 120)}`,
      ),
      fixes: [
        textFix(
          'If the server is right, change "expect" in the profile to what was observed',
          ...failed.map(({ name, actual }) => `${quoteText(name, 120)} -> ${quoteText(actual, 120)}`),
        ),
      ],
    });
  },
};

function failedStep(step: StepResult, message: string): Finding {
  const line = step.line === undefined ? '' : ` in line ${step.line} of the profile`;
  return finding('expectation.failed', {
    title: `A step of the conversation failed: ${quoteText(message, 160)}`,
    explanation:
      'The connection works as a WebSocket. What was said over it differs from what the profile says it should be: either the server changed, or the profile should. The steps behind it were not run.',
    evidence: stepDetails(step).map(([label, text]) => `${label}: ${quoteText(text, 160)}`),
    fixes: [textFix(`If the server is right, change the step${line}`, ...(step.differences ?? []).map(differenceText))],
  });
}

function unexplained({ report, failure }: Evidence): readonly ExpectationResult[] {
  if (failure !== null && failure.kind !== 'expectation' && failure.phase !== 'close') return [];
  return report.expectations.filter(({ name, passed }) => !passed && !hasOwnRule(name));
}

/** Subprotocol, certificate and total time have findings of their own. */
function hasOwnRule(name: string): boolean {
  return /^(subprotocol is|certificates are valid|is ready within) /.test(name);
}

function explainedElsewhere({ report }: Evidence): boolean {
  return report.expectations.some(({ name, passed }) => !passed && hasOwnRule(name));
}
