import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { REPORTER_NAMES } from '../../../../src/cli/optionTable.js';
import { report } from '../../../support/reports.js';
import { healthyEcho, notWebSocket, rejectedAfterOpen } from '../fixtures.js';
import { assertGolden } from '../golden.js';
import { junitProblems, readXml, type XmlElement } from './junitRules.js';
import { conversation, item, problem, result, RESULTS, told } from './results.js';

const HOSTILE =
  '<script>alert(1)</script>&amp;"\'`]]>--> \u001b[31m\u0000\u202e\ud800\uffff\r\n::error::x %0A,: #SKIP \\ ##[error]\n...\n---';

/** A report that is hostile in every place where a peer, or a profile of somebody's pull request, can write. */
const hostile = report({
  ...conversation,
  name: HOSTILE,
  url: `wss://h/${HOSTILE}`,
  expectations: [{ name: HOSTILE, passed: false, expected: HOSTILE, actual: HOSTILE }],
  steps: conversation.steps.map((step) => ({
    ...step,
    name: HOSTILE,
    error: step.error && HOSTILE,
    expected: HOSTILE,
    actual: HOSTILE,
    client: HOSTILE,
  })),
  findings: [
    {
      id: 'x.y',
      layer: 'application',
      severity: 'error',
      title: HOSTILE,
      explanation: HOSTILE,
      evidence: [HOSTILE],
      fixes: [{ title: HOSTILE, language: 'text', snippet: HOSTILE }],
    },
  ],
  close: { code: 4000, reason: HOSTILE, initiator: 'server', clean: true, evidence: HOSTILE },
});
const HOSTILE_RESULTS = [
  result({ report: hostile }, { item: { file: `checks/${HOSTILE}.wsprobe`, environment: HOSTILE }, line: 3 }),
  result({ problems: [{ ...problem, message: HOSTILE, code: 'not-json' }] }, { item: { file: HOSTILE } }),
  result({ fault: { message: HOSTILE } }, { failedTries: [{ exitCode: 1, durationMs: 1, why: HOSTILE }] }),
  result({ report: healthyEcho }, { failedTries: [{ exitCode: 1, durationMs: 1, why: HOSTILE }] }),
];

describe('reporters', () => {
  for (const name of REPORTER_NAMES.filter((each) => each !== 'json' && each !== 'html')) {
    it(`tell results of every kind: ${name}`, async () => {
      assertGolden(`reporter-${name}`, await told(name));
    });
  }

  it('obey nobody who writes into a report', async () => {
    for (const name of REPORTER_NAMES) {
      const text = await told(name, HOSTILE_RESULTS);
      assert.doesNotMatch(
        text,
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]|(?<![\ud800-\udbff])[\udc00-\udfff]/,
        name,
      );
    }
  });

  describe('text', () => {
    it('says with --quiet what is not well, and the summary', async () => {
      const text = await told('text', RESULTS, { options: { quiet: true } });
      assert.doesNotMatch(text, /a\.wsprobe/);
      assert.match(text, /f\.wsprobe .*flaky: passed at try 2/);
      assert.match(text, /7 probes: /);
    });

    it('says with --verbose all there is to say about a failure', async () => {
      const text = await told('text', RESULTS, { options: { verbose: true } });
      assert.match(text, /pass the upgrade on in this location/);
      assert.doesNotMatch(text, /a\.wsprobe +352 ms\n +/);
    });
  });

  describe('json', () => {
    it('is one document, empty or not', async () => {
      const whole = JSON.parse(await told('json'));
      assert.deepEqual(Object.keys(whole), ['schema', 'startedAt', 'vantage', 'results', 'summary']);
      assert.deepEqual(whole.results[0].report, JSON.parse(JSON.stringify(healthyEcho)));
      assert.deepEqual(
        [whole.results[6].flaky, whole.results[6].failedTries.length, whole.results[2].file, whole.results[2].target],
        [true, 1, null, 'wss://example.com/socket'],
      );
      assert.deepEqual(JSON.parse(await told('json', [])).results, []);
    });
  });

  describe('junit', () => {
    const suites = async (...of: Parameters<typeof told> extends [unknown, ...infer Rest] ? Rest : never) => {
      const root = readXml(await told('junit', ...of));
      assert.deepEqual(junitProblems(root), []);
      return root.children;
    };
    const child = ({ children }: XmlElement, name: string) => children.filter((each) => each.name === name);

    it('keeps the rules of the common schemas, whatever is in a report', async () => {
      await suites();
      await suites([]);
      await suites(HOSTILE_RESULTS);
      await suites(RESULTS, { end: { notRun: [item()] } });
      const text = fc.string({ unit: 'binary', minLength: 1 });
      await fc.assert(
        fc.asyncProperty(text, text, async (name, message) => {
          const expectations = [{ name, passed: false, expected: message, actual: message }];
          await suites([
            result({ report: report({ ...rejectedAfterOpen, name, expectations }) }, { item: { file: name } }),
          ]);
        }),
        { numRuns: 50 },
      );
    });

    it('has a suite for a profile and environment, a case for the connection, each expectation and each step', async () => {
      const both = ['local', 'staging'].map((environment) =>
        result({ report: conversation }, { item: { environment } }),
      );
      const [local, staging] = await suites(both);
      assert.ok(local && staging);
      assert.notEqual(local.attributes['name'], staging.attributes['name']);
      const names = child(local, 'testcase').map(({ attributes }) => attributes['name']);
      assert.equal(names.length, 1 + conversation.expectations.length + conversation.steps.length);
      assert.equal(new Set(names).size, names.length);
    });

    const statuses: [what: string, outcome: Parameters<typeof result>[0], expected: readonly string[]][] = [
      ['a failed step', { report: conversation }, ['failures']],
      ['a missed expectation', { report: rejectedAfterOpen }, ['failures']],
      [
        'a failure that no expectation tells',
        { report: report({ ...rejectedAfterOpen, expectations: [] }) },
        ['failures'],
      ],
      ['no connection', { report: notWebSocket }, ['errors']],
      [
        'a step without one',
        { report: report({ ...notWebSocket, steps: conversation.steps.filter(({ status }) => status === 'failed') }) },
        ['errors'],
      ],
      ['a profile with problems', { problems: [problem] }, ['errors']],
      ['a fault of ours', { fault: { message: 'x' } }, ['errors']],
      ['health', { report: healthyEcho }, []],
      [
        'a degraded probe',
        { report: report({ verdict: 'degraded', expectations: rejectedAfterOpen.expectations }) },
        [],
      ],
    ];
    for (const [what, outcome, expected] of statuses) {
      it(`counts ${what} as ${expected.join() || 'passed'}`, async () => {
        const [suite] = await suites([result(outcome)]);
        const told = ['failures', 'errors'].filter((name) => suite?.attributes[name] !== '0');
        assert.deepEqual(told, expected);
      });
    }

    it('tells two profiles of one name apart', async () => {
      const twins = ['a', 'b'].map((name) => result({ report: healthyEcho }, { item: { file: `${name}.wsprobe` } }));
      const names = (await suites(twins)).map(({ attributes }) => attributes['name']);
      assert.deepEqual(names, ['Orders stream (a.wsprobe)', 'Orders stream (b.wsprobe)']);
    });
  });

  describe('tap', () => {
    /** Plans that hold and points in order, at both levels. */
    function check(tap: string): void {
      const [version, plan, ...lines] = tap.trimEnd().split('\n');
      assert.equal(version, 'TAP version 14');
      const outer: number[] = [];
      let inner: number[] = [];
      for (const line of lines) {
        const [, indent, number, planned] = /^( {4})?(?:(?:not )?ok (\d+) - [^]*|1\.\.(\d+))$/.exec(line) ?? [];
        if (number !== undefined) (indent === undefined ? outer : inner).push(Number(number));
        else if (planned !== undefined) {
          assert.deepEqual(
            inner,
            Array.from({ length: Number(planned) }, (_, index) => index + 1),
          );
          inner = [];
        } else assert.match(line, /^# |^ {6}(---|\.\.\.|\w+: )/);
      }
      assert.equal(plan, `1..${outer.length}`);
      assert.deepEqual(
        outer,
        Array.from(outer, (_, index) => index + 1),
      );
    }

    it('counts what it planned, and escapes what would be a directive', async () => {
      check(await told('tap'));
      check(await told('tap', []));
      const text = await told('tap', HOSTILE_RESULTS, { end: { notRun: [item()] } });
      check(text);
      for (const line of text.split('\n'))
        assert.doesNotMatch(line, /^ *(not )?ok \d+ - .*[^\\]#(?! SKIP( not run)?$)/);
      assert.match(text, /^ok 5 - checks\/orders\.wsprobe # SKIP not run$/m);
    });

    it('bails out of a run that was interrupted', async () => {
      assert.match(await told('tap', [], { end: { interrupted: true, notRun: [item()] } }), /^Bail out! Interrupted$/m);
    });
  });

  describe('github', () => {
    it('says one command a line, with file and line, and no other', async () => {
      const text = await told('github', HOSTILE_RESULTS);
      const lines = text.trimEnd().split('\n').slice(0, -1);
      for (const line of lines)
        assert.match(line, /^::(error|warning)( (file|line|col|title)=[^,:]*(,(line|col|title)=[^,:]*)*)?::[^]/);
      assert.match(lines[0] ?? '', /^::error file=checks\/[^:,]*,line=3,title=/);
      assert.doesNotMatch(text, /##\[/);
    });

    it('reads no command out of a text on a runner', async () => {
      const { withoutWorkflowCommands } = await import('../../../../src/cli/reporters/workflowCommand.js');
      for (const line of ['::set-env::x', '  ::stop-commands::x', '\t::x', 'a ##[add-mask]x'])
        assert.doesNotMatch(withoutWorkflowCommands(line), /^\s*::|##\[/);
      assert.equal(withoutWorkflowCommands('  ✔ a::b'), '  ✔ a::b');
    });
  });

  describe('html', () => {
    it('is one static page: no script, no network, nothing that a report brought along', async () => {
      for (const results of [RESULTS, HOSTILE_RESULTS, []]) {
        const page = await told('html', results);
        assert.match(page, /^<!doctype html>\n<html lang="en">/);
        assert.match(page, /<\/html>\n$/);
        const [, policy = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page) ?? [];
        const [, css = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
        const hash = createHash('sha256').update(css).digest('base64');
        assert.equal(policy, `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
        const tags = new Set([...page.replace(css, '').matchAll(/<([a-z][\w-]*)/g)].map(([, tag]) => tag));
        for (const tag of ['script', 'img', 'link', 'iframe', 'object', 'base', 'form']) assert.ok(!tags.has(tag), tag);
        assert.doesNotMatch(page, /<[^>]* (on\w+|src|style)=/);
        for (const [, href = ''] of page.matchAll(/href="([^"]*)"/g)) assert.match(href, /^#probe-\d+$/);
        assert.doesNotMatch(css, /url\(|@import/);
      }
    });

    it('says what failed first, and shows a failed step with expected beside actual', async () => {
      const page = await told('html');
      assert.ok(page.indexOf('<h2>Failed</h2>') < page.indexOf('<h2>Passed</h2>'));
      assert.match(page, /<h1>5 of 7 probes failed<\/h1>/);
      assert.match(page, /class="expected"[^]*&#34;19\.90&#34;[^]*class="actual"[^]*&#34;19\.9&#34;/);
      assert.match(page, /prefers-color-scheme: dark/);
    });

    it('sets environments side by side', async () => {
      const both = ['local', 'staging'].map((environment) =>
        result({ report: healthyEcho }, { item: { environment } }),
      );
      const page = await told('html', both, { head: { environments: ['local', 'staging'] } });
      assert.match(page, /<th scope="col">local<\/th><th scope="col">staging<\/th>/);
      assert.equal([...page.matchAll(/<td class="name">checks\/orders\.wsprobe<\/td>/g)].length, 1);
    });
  });
});
