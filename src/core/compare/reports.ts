import { changesOf, type Fact, factsOf, listAt, textOf, valueAt } from './facts.js';
import type { Comparison, Side } from './model.js';
import { timingsOf } from './timings.js';

export function compareReports(title: string, before: unknown, after: unknown): Comparison {
  const changes = changesOf(allFacts(before), allFacts(after));
  return { title, only: null, changes, more: 0, timings: timingsOf(timesOf(before), timesOf(after)) };
}

/** Pairs what was probed by profile, environment and repetition. */
export function compareRuns(before: unknown, after: unknown): Comparison[] {
  const [old, now] = [resultsOf(before), resultsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].map((title) => {
    const [was, is] = [old.get(title), now.get(title)];
    if (was === undefined || is === undefined) return oneSided(title, is === undefined ? 'a' : 'b');
    const both = compareReports(title, valueAt(was, 'report'), valueAt(is, 'report'));
    return { ...both, changes: [...changesOf(outcomeFacts(was), outcomeFacts(is)), ...both.changes] };
  });
}

function oneSided(title: string, only: Side): Comparison {
  return { title, only, changes: [], more: 0, timings: [] };
}

function resultsOf(run: unknown): Map<string, unknown> {
  return new Map(
    listAt(run, 'results').map((result) => {
      const environment = textOf(valueAt(result, 'environment'));
      const iteration = Number(valueAt(result, 'iteration'));
      const title = [
        textOf(valueAt(result, 'target')) ?? '',
        ...(environment === null ? [] : [`(${environment})`]),
        ...(iteration > 1 ? [`#${iteration}`] : []),
      ];
      return [title.join(' '), result];
    }),
  );
}

/** What a result says beside its report. */
function outcomeFacts(result: unknown): Fact[] {
  const code = textOf(valueAt(result, 'exitCode'));
  return [
    ...(code === null ? [] : [{ kind: 'exit code', name: null, value: code }]),
    ...listAt(result, 'problems').map((problem) => {
      return {
        kind: 'problem',
        name: textOf(valueAt(problem, 'code')),
        value: textOf(valueAt(problem, 'message')) ?? '',
      };
    }),
  ];
}

/** Of the report and of each of its clients. */
function allFacts(report: unknown): Fact[] {
  const clients = listAt(report, 'clients').flatMap((client) => {
    const who = textOf(valueAt(client, 'name')) ?? '';
    return factsOf(client).map((fact) => ({ ...fact, name: fact.name === null ? who : `${who}: ${fact.name}` }));
  });
  return [...factsOf(report), ...clients];
}

function timesOf(report: unknown): Map<string, number> {
  const times = new Map<string, number>();
  const put = (name: string | null, value: unknown) => {
    if (name !== null && typeof value === 'number') times.set(name, value);
  };
  for (const phase of listAt(report, 'phases')) {
    const status = valueAt(phase, 'status');
    if (status !== 'skipped' && status !== 'not-reached')
      put(textOf(valueAt(phase, 'name')), valueAt(phase, 'durationMs'));
  }
  put('round trip (p50)', valueAt(report, 'roundTrips', 'p50Ms'));
  return times;
}
