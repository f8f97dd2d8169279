import { plainRecord } from '../render/plainReport.js';
import { type RunItem, suiteNameOf, titleOf } from '../run/item.js';
import type { RunResult } from '../run/result.js';
import { type Case, casesOf, flakyNote } from './cases.js';
import type { CreateReporter, RunHead } from './reporter.js';
import { xmlAttribute as attribute, xmlText } from './xml.js';

/** JUnit XML as Jenkins, GitLab and their like read it: a suite is a profile in one environment. */
export const junitReporter: CreateReporter = (stream) => {
  let head: RunHead;
  let id = 0;
  return {
    async begin(run) {
      head = run;
      await stream.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n');
    },
    result: (result) => stream.write(suiteOf(result, head, id++)),
    async end({ notRun }) {
      for (const item of notRun) await stream.write(notRunSuite(item, head, id++));
      await stream.write('</testsuites>\n');
    },
  };
};

interface Suite {
  readonly id: number;
  readonly name: string;
  readonly className: string;
  readonly at: string;
  readonly durationMs: number;
  readonly cases: readonly Case[];
  readonly properties: Readonly<Record<string, string>>;
  readonly note: string;
}

function suiteOf(result: RunResult, head: RunHead, id: number): string {
  const { item, report } = result;
  const flaky = flakyNote(result);
  return suite(
    {
      id,
      name: nonBlank(plainRecord(suiteNameOf(item, report?.name ?? null, head.repeat))),
      className: nonBlank(plainRecord(titleOf(item, head.repeat))),
      at: report?.startedAt ?? head.startedAt,
      durationMs: report?.durationMs ?? 0,
      cases: casesOf(result),
      properties: {
        ...(report === undefined ? {} : { url: plainRecord(report.url), verdict: report.verdict }),
        ...(item.environment === null ? {} : { environment: plainRecord(item.environment) }),
        ...(flaky === null ? {} : { flaky: 'true' }),
      },
      note: flaky ?? '',
    },
    head.host,
  );
}

function notRunSuite(item: RunItem, head: RunHead, id: number): string {
  const name = nonBlank(plainRecord(titleOf(item, head.repeat)));
  const skipped: Case = { name: 'connection', status: 'skipped', durationMs: 0, type: '', message: '', details: [] };
  const empty = { id, name, className: name, at: head.startedAt, durationMs: 0, cases: [skipped] };
  return suite({ ...empty, properties: {}, note: 'not run' }, head.host);
}

function suite({ at, cases, className, durationMs, id, name, note, properties }: Suite, host: string): string {
  const count = (status: Case['status']) => cases.filter((each) => each.status === status).length;
  const attributes = {
    package: className,
    id: String(id),
    name,
    // The schema takes no fraction and no time zone.
    timestamp: at.replace(/\.\d+Z$|Z$/, ''),
    hostname: host.trim() === '' ? 'localhost' : plainRecord(host),
    tests: String(cases.length),
    failures: String(count('failure')),
    errors: String(count('error')),
    skipped: String(count('skipped')),
    time: seconds(durationMs),
  };
  const listed = Object.entries(properties).map(
    ([key, value]) => `      <property${attributesOf({ name: key, value })}/>\n`,
  );
  return [
    `  <testsuite${attributesOf(attributes)}>\n`,
    listed.length === 0 ? '    <properties/>\n' : `    <properties>\n${listed.join('')}    </properties>\n`,
    ...cases.map((each) => testcase(each, className)),
    `    <system-out>${xmlText(note)}</system-out>\n    <system-err></system-err>\n  </testsuite>\n`,
  ].join('');
}

function testcase({ details, durationMs, message, name, status, type }: Case, className: string): string {
  const open = `    <testcase${attributesOf({ name: nonBlank(name), classname: className, time: seconds(durationMs) })}`;
  if (status === 'passed') return `${open}/>\n`;
  const child =
    status === 'skipped'
      ? '<skipped/>'
      : `<${status}${attributesOf({ message, type })}>${xmlText(details.join('\n'))}</${status}>`;
  return `${open}>${child}</testcase>\n`;
}

function attributesOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${attribute(value)}"`)
    .join('');
}

/** The schemas want a name wherever there is one, and XML cannot hold every one. */
function nonBlank(text: string): string {
  return xmlText(text).trim() === '' ? '(no name)' : text;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(6);
}
