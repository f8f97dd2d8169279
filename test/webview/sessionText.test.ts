import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { asciiOf } from '../../src/core/text/hex.js';
import { formatBytes } from '../../src/core/text/sizes.js';
import { PRESENT, isAtEdge, stepHistory } from '../../webview/composer/history.js';
import { checkCode, checkControl, checkDraft, checkReason, formatJson } from '../../webview/composer/validate.js';
import { hexOf, offsetOf } from '../../webview/detail/hexModel.js';
import { decodeText } from '../../webview/detail/payloadModel.js';
import { cutLines } from '../../webview/detail/cutLines.js';
import { formatCount, formatRate } from '../../webview/shared/format.js';
import { complete, wantsCompletions, markProblems } from '../../webview/log/filterText.js';
import {
  formatGap,
  formatRowTime,
  formatSincePrevious,
  formatSinceStart,
  formatWallClock,
} from '../../webview/log/times.js';
import { obstaclesOf } from '../../webview/session/obstacles.js';
import { countdown } from '../../webview/session/countdown.js';
import { hearFilter, INITIAL_SESSION_VIEW, parseSessionView } from '../../webview/session/sessionViewState.js';
import { sparkPoints } from '../../webview/session/sparkline.js';
import { LOST_SESSION, OPEN_SESSION } from './sessionFixtures.js';

describe('times of the log', () => {
  it('are wall clock to the millisecond, in the zone of this machine', () => {
    const start = new Date(2026, 10, 20, 23, 59, 59, 990).getTime();
    assert.equal(formatWallClock(start, 5.6), '23:59:59.995');
    assert.equal(formatWallClock(start, 10), '00:00:00.000');
    assert.equal(formatWallClock(Number.NaN, 1), '–');
  });

  it('count from the start with minutes and hours once there are some', () => {
    assert.deepEqual([0, 0.4, 12_345.4, 59_999.6, 62_345, 3_602_345, Number.NaN].map(formatSinceStart), [
      '0.000',
      '0.000',
      '12.345',
      '1:00.000',
      '1:02.345',
      '1:00:02.345',
      '–',
    ]);
  });

  it('count from the row above as finely as the clock goes', () => {
    assert.deepEqual([0, 0.421, 9999.9994, 12_345, -3].map(formatSincePrevious), [
      '+0.000 ms',
      '+0.421 ms',
      '+9999.999 ms',
      '+12.345 s',
      '−3.000 ms',
    ]);
    const row = { mode: 'previous', startedAtMs: 0, atMs: 5, originMs: null } as const;
    assert.equal(formatRowTime({ ...row, previousMs: 3.5 }), '+1.500 ms');
    assert.equal(formatRowTime({ ...row, previousMs: null }), '');
    const from = { ...row, mode: 'origin', previousMs: null } as const;
    assert.deepEqual([formatRowTime({ ...from, originMs: 7 }), formatRowTime(from)], ['−2.000 ms', '0.005']);
    assert.deepEqual([formatGap(5200, 1000), formatGap(1500, 1000), formatGap(5200, null)], ['4.20 s', null, null]);
  });
});

describe('figures of a session', () => {
  it('stay short', () => {
    assert.deepEqual([0, 0.04, 12.34, 99.6, 12_345.6, Number.NaN].map(formatRate), [
      '0',
      '0',
      '12.3',
      '100',
      '12,346',
      '0',
    ]);
    assert.equal(formatCount(1_000_000), '1,000,000');
    assert.equal(formatBytes(3 * 1024 ** 3), '3 GiB');
  });

  it('draw round trips inside their box, a single one as a level line', () => {
    assert.equal(sparkPoints([]), '');
    assert.equal(sparkPoints([5]), '0,1 100,1');
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }), (values) => {
        for (const point of sparkPoints(values).split(' ')) {
          const [x = -1, y = -1] = point.split(',').map(Number);
          assert.ok(x >= 0 && x <= 100 && y >= 0 && y <= 16, point);
        }
      }),
    );
  });

  it('count down to the next attempt', () => {
    const next = { attempt: 2, maxAttempts: 10, dueMs: 5000 };
    assert.equal(countdown(next, 2100), 'attempt 2 of 10 in 3 s');
    assert.equal(countdown(next, 5001), 'attempt 2 of 10');
  });
});

describe('hex', () => {
  it('has sixteen bytes a line at fixed places', () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, index) => index * 16);
    assert.equal(hexOf(bytes, 16), '00 10 20 30 40 50 60 70  80 90 a0 b0 c0 d0 e0 f0');
    assert.equal(hexOf(bytes.subarray(0, 9), 16).length, hexOf(bytes, 16).length);
    assert.equal(hexOf(bytes.subarray(0, 3), 8), '00 10 20               ');
    assert.equal(asciiOf(bytes), '.. 0@P`p........');
    assert.equal(offsetOf(0x20, 64), '000020');
    assert.equal(offsetOf(0x20, 2 ** 31), '00000020');
  });
});

describe('payload text', () => {
  it('may end inside a character while more is to come', () => {
    const bytes = new TextEncoder().encode('ab€');
    assert.equal(decodeText(bytes.subarray(0, 4), false), 'ab');
    assert.equal(decodeText(bytes.subarray(0, 4), true), null);
    assert.equal(decodeText(bytes, true), 'ab€');
    assert.equal(decodeText(Uint8Array.of(0xff), false), null);
  });

  it('is cut in long lines only, and says by how much', () => {
    assert.deepEqual(cutLines('short\nlonger line\nshort', 6), [
      { text: 'short\nlonger', cut: 6 },
      { text: '\nshort', cut: 0 },
    ]);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '\n') }),
        fc.integer({ min: 1, max: 10 }),
        (text, limit) => {
          const runs = cutLines(text, limit);
          assert.ok(runs.every((run) => run.text.split('\n').every((line) => line.length <= limit)));
          assert.equal(runs.length === 0, text === '');
        },
      ),
    );
  });
});

describe('the filter box', () => {
  it('marks problems where they are, and one at the end in a place of its own', () => {
    const problem = (index: number, length: number) => ({ message: '', index, length });
    assert.deepEqual(markProblems('foo:x bar', [problem(0, 3)]), [
      { text: 'foo', problem: true },
      { text: ':x bar', problem: false },
    ]);
    assert.deepEqual(markProblems('dir:', [problem(4, 0)]), [
      { text: 'dir:', problem: false },
      { text: ' ', problem: true },
    ]);
  });

  it('loses no character, whatever the problems say', () => {
    const problem = fc.record({ message: fc.constant(''), index: fc.integer(), length: fc.integer() });
    fc.assert(
      fc.property(fc.string(), fc.array(problem, { maxLength: 4 }), (text, problems) => {
        const joined = markProblems(text, problems)
          .map((part) => part.text)
          .join('');
        assert.equal(joined.trimEnd(), text.trimEnd());
        assert.ok(joined.startsWith(text));
      }),
    );
  });

  it('puts a completion over the word at the cursor', () => {
    assert.deepEqual(complete('a ki b', 2, 4, 'kind:'), { text: 'a kind: b', cursor: 7 });
    assert.deepEqual(complete('a kind:text', 2, 4, 'kind:'), { text: 'a kind:text', cursor: 7 });
    assert.deepEqual(complete('kind:pi|ng', 5, 7, 'ping').text, 'kind:ping|ng');
    assert.deepEqual(
      ['', 'a ', 'ki', 'kind:', '(', '$'].map((each) => wantsCompletions(each, each.length)),
      [false, false, true, true, false, true],
    );
  });
});

describe('the composer', () => {
  const check = (format: 'text' | 'json' | 'hex' | 'base64' | 'file', content: string) =>
    checkDraft({ format, content, binary: false });

  it('counts bytes, or says what is wrong and where', () => {
    assert.deepEqual(check('text', '€'), { bytes: 3, problem: null });
    assert.deepEqual(check('json', '{"a":1}'), { bytes: 7, problem: null });
    assert.deepEqual(check('hex', 'de ad\nBE ef'), { bytes: 4, problem: null });
    assert.deepEqual(check('base64', 'AQL/ AA=='), { bytes: 4, problem: null });
    assert.match(check('json', '{\n"a":}').problem ?? '', /line 2, column 5/);
    assert.match(check('hex', 'de xd').problem ?? '', /“x” at column 4/);
    assert.match(check('hex', 'abc').problem ?? '', /two digits/);
    assert.match(check('base64', 'AQ=A').problem ?? '', /“=” at column 3/);
    assert.match(check('base64', 'AQ').problem ?? '', /groups of four/);
    assert.match(check('file', '').problem ?? '', /Choose a file/);
  });

  it('lets a variable stand for a value', () => {
    assert.equal(check('json', '{"id":${seq},"token":"${uuid}"}').problem, null);
    assert.equal(formatJson('{"id":${seq}}'), '{\n  "id": ${seq}\n}');
    assert.equal(formatJson('{'), null);
  });

  it('agrees with the codec on hex and Base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        assert.equal(check('hex', Buffer.from(bytes).toString('hex')).bytes, bytes.length);
        assert.equal(check('base64', Buffer.from(bytes).toString('base64')).bytes, bytes.length);
      }),
    );
  });

  it('knows the codes that may be sent, and the limits of control frames', () => {
    const allowed = [1000, 1001, 1003, 1007, 1014, 3000, 4999];
    const refused = [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN];
    assert.deepEqual(allowed.map(checkCode).filter(Boolean), []);
    assert.equal(refused.map(checkCode).filter(Boolean).length, refused.length);
    assert.equal(checkControl(125), null);
    assert.match(checkControl(126) ?? '', /125/);
    assert.equal(checkReason('é'.repeat(61)), null);
    assert.match(checkReason('é'.repeat(62)) ?? '', /124/);
  });

  it('goes through history and comes back to what was being written', () => {
    const message = (content: string) => ({ format: 'text', content, binary: false }) as const;
    const sent = [message('newest'), message('oldest')];
    const first = stepHistory(PRESENT, 1, sent, message('draft'));
    assert.equal(first?.draft.content, 'newest');
    const second = stepHistory(first?.place ?? PRESENT, 1, sent, message('newest'));
    assert.equal(second?.draft.content, 'oldest');
    assert.equal(stepHistory(second?.place ?? PRESENT, 1, sent, message('oldest')), null);
    const back = stepHistory(first?.place ?? PRESENT, -1, sent, message('newest'));
    assert.deepEqual([back?.draft.content, back?.place], ['draft', PRESENT]);
    assert.equal(stepHistory(PRESENT, -1, sent, message('draft')), null);
  });

  it('leaves a text with an arrow key at its first and last line only', () => {
    assert.equal(isAtEdge('a\nb', 1, 'ArrowUp'), true);
    assert.equal(isAtEdge('a\nb', 2, 'ArrowUp'), false);
    assert.equal(isAtEdge('a\nb', 1, 'ArrowDown'), false);
    assert.equal(isAtEdge('a\nb', 3, 'ArrowDown'), true);
  });
});

describe('what can be done', () => {
  const here = { recording: null, stopped: false } as const;
  const closed = (session: typeof OPEN_SESSION, circumstances: Parameters<typeof obstaclesOf>[1] = here) =>
    Object.entries(obstaclesOf(session, circumstances))
      .filter(([, why]) => why === null)
      .map(([name]) => name);

  it('depends on the state, and what cannot be done says why', () => {
    assert.deepEqual(closed(OPEN_SESSION), ['send', 'close', 'terminate', 'pause', 'record']);
    assert.deepEqual(closed({ ...OPEN_SESSION, halfClosed: true }), ['terminate', 'pause', 'record']);
    assert.deepEqual(closed({ ...OPEN_SESSION, state: 'connecting' }), ['terminate', 'record']);
    assert.deepEqual(closed({ ...LOST_SESSION, state: 'reconnecting' }), ['terminate', 'record', 'reconnect']);
    assert.deepEqual(closed(LOST_SESSION), ['reconnect']);
    assert.deepEqual(closed(LOST_SESSION, { recording: 'file', stopped: false }), []);
    assert.deepEqual(closed(OPEN_SESSION, { recording: 'observed', stopped: false }), ['record']);
    assert.deepEqual(closed(LOST_SESSION, { recording: 'restored', stopped: false }), ['reconnect']);
    assert.deepEqual(closed(OPEN_SESSION, { recording: null, stopped: true }), ['reconnect']);
    assert.match(obstaclesOf(LOST_SESSION, here).send ?? '', /Reconnect first/);
  });
});

describe('the session view state', () => {
  it('takes up a filter that is asked for from outside once, and leaves what a person types after it', () => {
    const asked = { text: 'conn:2', number: 7 };
    const heard = hearFilter({ ...INITIAL_SESSION_VIEW, tab: 'operations' }, asked);
    assert.deepEqual([heard.tab, heard.filter], ['log', 'conn:2']);
    const typed = { ...parseSessionView(JSON.parse(JSON.stringify(heard))), filter: 'conn:2 text' };
    assert.equal(hearFilter(typed, asked), typed);
    assert.equal(hearFilter(typed, { text: '', number: 8 }).filter, '');
    assert.equal(hearFilter(typed, null), typed);
  });

  it('falls back to its defaults for whatever it cannot read', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        const view = parseSessionView(raw);
        assert.ok(view.split >= 0.2 && view.split <= 0.75);
        assert.equal(typeof view.draft.content, 'string');
      }),
    );
    assert.deepEqual(parseSessionView({ tab: 'x', split: 'y', draft: { format: 'exe' } }), INITIAL_SESSION_VIEW);
  });

  it('comes back as it was', () => {
    const view = {
      ...INITIAL_SESSION_VIEW,
      tab: 'operations',
      mode: 'wire',
      times: 'previous',
      filter: 'dir:in',
      detail: 'hex',
      split: 0.3,
      panel: 'repeat',
      draft: { format: 'hex', content: 'ff', binary: true },
    } as const;
    assert.deepEqual(parseSessionView(JSON.parse(JSON.stringify(view))), view);
  });
});
