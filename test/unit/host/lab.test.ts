import { deepStrictEqual, doesNotMatch, match, ok, throws } from 'node:assert/strict';
import type { Experiment } from '../../../src/core/base/experiment.js';
import { experimentText } from '../../../src/host/lab/experimentText.js';
import { readSettings } from '../../../src/host/lab/settings.js';
import { ENGLISH } from './english.js';

const RECORD: Experiment = {
  schema: 'wsprobe.experiment/1',
  experiment: 'idle',
  name: 'orders',
  url: 'ws://h/orders',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 4_000,
  vantage: { host: 'here', remote: null },
  connections: { opened: 8, failed: 1 },
  verdict: 'warn',
  conclusion: 'Silent connections are cut after 3 s.',
  numbers: { idleCutoffMs: 3_000, heartbeatMs: null },
  findings: [
    {
      id: 'lab.idle-cutoff',
      layer: 'proxy',
      severity: 'warning',
      title: 'Cut after 3 s',
      explanation: 'Nothing passed.',
      evidence: ['8 of 8 were cut'],
      fixes: [{ title: 'Beat sooner', language: 'json', snippet: '{ "a": "```" }' }],
    },
  ],
  runs: [
    {
      connection: 1,
      startMs: 0,
      openMs: 5,
      endMs: 3_005,
      status: 101,
      close: null,
      error: null,
      note: 'cut',
      numbers: {},
    },
  ],
  stopped: null,
};

describe('an experiment as a document', () => {
  it('says what was found first, then the numbers, what to change, and each connection', () => {
    const text = experimentText(RECORD, ENGLISH);
    const order = ['# warn: idle of orders', 'Silent connections', '## Numbers', '## Findings', '## Connections'];
    const places = order.map((part) => text.indexOf(part));
    ok(
      places.every((place, index) => place > (places[index - 1] ?? -1)),
      `${places.join()}\n${text}`,
    );
    match(text, /\| idle cutoff \| 3\\\.00 s \|/);
    match(text, /\| heartbeat \| – \|/);
    match(text, /\| 1 \| 0\.00 ms \| 3\.00 s \|/);
  });

  it('shows a fix as it is to be pasted, whatever ticks are in it', () => {
    ok(experimentText(RECORD, ENGLISH).includes('````json\n{ "a": "```" }\n````'));
  });

  it('makes no link, image, table or markup of what a server says', () => {
    const hostile = '![x](https://evil.test/a) | <b>b</b>\n# c https://evil.test';
    const text = experimentText({ ...RECORD, conclusion: hostile, stopped: hostile, name: hostile }, ENGLISH);
    doesNotMatch(text, /(?<!\\)!\[|(?<!\\)\]\(|(?<!\\)<b|https:\/\/|^# c/m);
  });
});

describe('settings of an experiment given by code', () => {
  it('are taken as they are', () => {
    deepStrictEqual(readSettings(undefined), {});
    deepStrictEqual(readSettings({ connections: 5, forMs: 100, jsonPath: '$.n', inspector: false }), {
      connections: 5,
      forMs: 100,
      jsonPath: '$.n',
    });
  });

  it('of another kind are refused', () => {
    throws(() => readSettings({ connections: '5' }), { code: 'lab.setting' });
    throws(() => readSettings({ forMs: 1.5 }), { code: 'lab.setting' });
    throws(() => readSettings({ jsonPath: 5 }), { code: 'lab.setting' });
  });

  it('of more than 50 connections need a yes', () => {
    throws(() => readSettings({ connections: 51 }), { code: 'lab.unconfirmed' });
    deepStrictEqual(readSettings({ connections: 51, yes: true }), { connections: 51 });
    deepStrictEqual(readSettings({ connections: 50 }), { connections: 50 });
  });
});
