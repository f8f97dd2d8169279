import assert from 'node:assert/strict';
import type { Report, StepResult } from '../../../src/core/base/model.js';
import { type TestNode, testNodes } from '../../../src/core/language/tests.js';
import { lastStepOf, sessionOutcomes, testOutcomes } from '../../../src/core/language/testOutcomes.js';

const STEPS = `{
  "url": "ws://h",
  "steps": [
    { "send": "a", "name": "hello" },
    { "repeat": { "times": 2, "steps": [
      { "expect": { "contains": "a" } },
      { "wait": 1 }
    ] } },
    { "ping": {} }
  ]
}`;

const CLIENTS = `{
  "clients": { "ann": {},
    "bob": {} },
  "steps": [
    { "client": "ann", "ping": {} },
    { "client": "bob", "repeat": { "times": 2, "steps": [{ "ping": {} }] } }
  ]
}`;

const shown = (nodes: readonly TestNode[]): readonly unknown[] =>
  nodes.map(({ id, label, line, children }) => [id, label, line, ...shown(children)]);

describe('a profile as tests', () => {
  it('has its steps, those of a repeat below it', () => {
    assert.deepEqual(shown(testNodes(STEPS)), [
      ['step 1', '1 hello', 3],
      ['step 2', '2 repeat', 4, ['step 2.1', '2.1 expect', 5], ['step 2.2', '2.2 wait', 6]],
      ['step 3', '3 ping', 8],
    ]);
  });

  it('has its clients, each with its steps', () => {
    assert.deepEqual(shown(testNodes(CLIENTS)), [
      ['client ann', 'ann', 1, ['step 1', '1 ping', 4]],
      ['client bob', 'bob', 2, ['step 2', '2 repeat', 5, ['step 2.1', '2.1 ping', 5]]],
    ]);
  });

  it('has none in what is no profile, and as many as a run may have', () => {
    for (const text of ['', '[]', '{ "steps": 1, "clients": [] }', '{ "steps": [{}, 1, [] ] }']) {
      assert.deepEqual(testNodes(text), []);
    }
    const many = `{ "steps": [${'{"ping":{}},'.repeat(20_000)}] }`;
    assert.equal(testNodes(many).length, 10_000);
  });
});

describe('what a report says of tests', () => {
  const row = (line: number, status: StepResult['status'], more: Partial<StepResult> = {}): StepResult => {
    return { name: 's', kind: 'ping', status, startMs: 0, durationMs: 2, error: null, line, ...more };
  };
  const report = (steps: readonly StepResult[], more: Partial<Report> = {}) =>
    ({
      verdict: 'healthy',
      durationMs: 9,
      steps,
      findings: [],
      expectations: [],
      error: null,
      ...more,
    }) as unknown as Report;
  const told = (text: string, of: Report) =>
    testOutcomes(testNodes(text), of).map(
      ({ id, status, durationMs }) => `${id ?? 'profile'}: ${status} ${durationMs}`,
    );

  it('is passed for what went well, times of rounds added up', () => {
    const steps = [row(4, 'ok'), row(6, 'ok'), row(7, 'ok'), row(6, 'ok'), row(7, 'ok'), row(9, 'ok')];
    assert.deepEqual(told(STEPS, report(steps)), [
      'profile: passed 9',
      'step 1: passed 2',
      'step 2: passed 8',
      'step 2.1: passed 4',
      'step 2.2: passed 4',
      'step 3: passed 2',
    ]);
  });

  it('is failed where one round failed, with what was expected, and skipped after it', () => {
    const failure = row(6, 'failed', { error: 'nothing came', expected: 'a', actual: 'b' });
    const of = report([row(4, 'ok'), row(6, 'ok'), row(7, 'ok'), failure, row(9, 'skipped')], { verdict: 'down' });
    assert.deepEqual(told(STEPS, of), [
      'profile: failed 9',
      'step 1: passed 2',
      'step 2: failed 6',
      'step 2.1: failed 4',
      'step 2.2: passed 2',
      'step 3: skipped 2',
    ]);
    const [whole, , repeat, step] = testOutcomes(testNodes(STEPS), of);
    assert.deepEqual([whole?.message, whole?.line], ['s: nothing came', 5]);
    for (const each of [repeat, step]) {
      assert.deepEqual([each?.message, each?.expected, each?.actual, each?.line], ['nothing came', 'a', 'b', 5]);
    }
  });

  it('is passed for what is degraded, and has the expectation that failed for what is down', () => {
    assert.deepEqual(told('{}', report([], { verdict: 'degraded' })), ['profile: passed 9']);
    const expectations = [{ name: 'x', passed: false, expected: 'a', actual: 'b' }];
    const [whole] = testOutcomes([], report([], { verdict: 'down', expectations }));
    assert.deepEqual([whole?.status, whole?.expected, whole?.actual, whole?.line], ['failed', 'a', 'b', 0]);
  });

  it('is told of steps in a session: it stands at the one that failed', () => {
    const failure = row(6, 'failed', { error: 'nothing came', expected: 'a', actual: 'b' });
    const rows = [row(4, 'ok'), failure, row(7, 'skipped')];
    const outcomes = sessionOutcomes(testNodes(STEPS), { report: report([]), isOpen: true, rows });
    assert.deepEqual(
      outcomes.map(({ id, status }) => `${id ?? 'profile'}: ${status}`),
      [
        'profile: failed',
        'step 1: passed',
        'step 2: failed',
        'step 2.1: failed',
        'step 2.2: skipped',
        'step 3: skipped',
      ],
    );
    const [whole] = outcomes;
    assert.deepEqual([whole?.line, whole?.expected, whole?.actual], [5, 'a', 'b']);
    assert.match(whole?.message ?? '', /nothing came\nThe session stands at this step/);
  });

  it('is told of a session that never opened, and of one whose steps went well', () => {
    const error = { code: 'x', message: 'Refused.', phase: 'tcp' } as const;
    const [down] = sessionOutcomes([], { report: report([], { verdict: 'down', error }), isOpen: false, rows: [] });
    assert.deepEqual([down?.status, down?.message], ['failed', 'Refused.']);
    const [gone] = sessionOutcomes([], { report: null, isOpen: false, rows: [] });
    assert.deepEqual([gone?.status, gone?.message], ['failed', 'The connection ended before the first step.']);
    const [well] = sessionOutcomes([], { report: report([]), isOpen: true, rows: [row(4, 'ok')] });
    assert.deepEqual([well?.status, well?.durationMs], ['passed', 11]);
  });

  it('knows the last step that is asked for', () => {
    assert.equal(lastStepOf([]), null);
    assert.equal(lastStepOf(['client ann']), null);
    assert.equal(lastStepOf(['step 2', 'step 12.3', 'step 3']), 12);
  });
});
