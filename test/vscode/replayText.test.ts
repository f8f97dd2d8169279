import { doesNotMatch, match } from 'node:assert/strict';
import { replayText } from '../../src/host/replay/replayText.js';
import { healthyEcho } from '../unit/cli/fixtures.js';

const REPLAY = {
  schema: 'wsprobe.replay/1',
  recording: 'a](evil).wsrec',
  connection: 1,
  url: 'ws://127.0.0.1:1/',
  pace: 'reply',
  rules: ['Pings are left out.'],
  sent: 2,
  expected: 2,
  received: 2,
  connected: true,
  same: false,
  differences: [
    {
      kind: 'changed',
      number: 3,
      expected: '{"a":1}',
      actual: '{"a":"```\n# x"}',
      paths: [{ path: '$.a', expected: '1', actual: '"`x|y`"' }],
    },
    { kind: 'unexpected', number: null, expected: null, actual: 'more', paths: [] },
  ],
  more: 0,
  notes: ['cut <b>off</b>'],
  report: healthyEcho,
} as const;

describe('a replay as a document', () => {
  it('tells each difference with its places and the rules, and lets no message be more than text', () => {
    const text = replayText(REPLAY);
    match(text, /^# 2 different: a\\\]\(evil\)\\\.wsrec, connection 1/);
    match(text, /## Message 3: changed[^]*`\$\.a` \| `1` \| `"ˋx\\\|yˋ"` \|/);
    match(text, /## unexpected\n\n```diff\n\+ more\n```/);
    match(text, /## What counts as equal\n- Pings are left out\./);
    doesNotMatch(text, /^# x|<b>/m);
  });

  it('says that all is as recorded', () => {
    match(replayText({ ...REPLAY, same: true, differences: [] }), /^# As recorded: /);
  });
});
