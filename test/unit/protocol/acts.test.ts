import { deepStrictEqual, throws } from 'node:assert/strict';
import * as fc from 'fast-check';
import { PANEL_ACTS, SESSION_ACTS, SESSION_METHODS } from '../../../src/protocol/acts.js';

type Name = keyof typeof PANEL_ACTS;

const message = { format: 'text', content: 'hi', binary: false };
const frame = { fin: true, rsv1: false, rsv2: false, rsv3: false, opcode: 1, masked: true, payload: message };

const good: Readonly<Record<Name, object>> = {
  connect: {},
  send: { message },
  resend: { id: 3 },
  repeat: { message, times: 3, everyMs: 10 },
  steps: { from: 1, to: 3 },
  stopSteps: {},
  stopRepeat: {},
  sendRaw: { frame },
  ping: { payload: 'é' },
  pong: { payload: '' },
  close: { code: 4000, reason: 'bye' },
  terminate: {},
  halfClose: {},
  reconnect: {},
  pause: { paused: true },
  refusePong: { refuse: false },
  clear: {},
  mark: { id: 7, marked: true },
  operations: {},
  tapInject: { connection: 2, lane: 'toClient', message },
  tapHeld: { held: 1 },
  tapRelease: { held: 1, fate: message },
  tapReleaseAll: { fate: 'drop' },
  viewOpen: { mode: 'wire', filter: 'dir:in' },
  viewClose: { viewId: 1 },
  viewRows: { viewId: 1, from: 0, count: 100, paths: ['$.type'] },
  viewFind: { viewId: 1, text: 'x', from: 0, backwards: true },
  viewRowOf: { viewId: 1, id: 2 },
  viewPayload: { id: 1, mode: 'messages', offset: 0, length: 1024 },
  viewLine: { id: 1, mode: 'wire' },
  viewPair: { id: 1 },
  viewDecoded: { id: 1, mode: 'messages' },
  exchanges: { from: 0, count: 100, operation: '', viewId: 1 },
  rows: { ids: [1, 2] },
  jsonPaths: {},
  pathProblem: { path: '$.type' },
  filterComplete: { text: 'd', cursor: 1 },
  record: { on: true },
  exportLog: { format: 'har' },
  releaseContract: {},
  learnContract: {},
  holdContract: {},
  copyAs: { tool: 'websocat' },
  openPayload: { id: 1, mode: 'wire' },
  savePayload: { id: 1, mode: 'wire' },
  comparePayloads: { ids: [1, 2], mode: 'messages' },
  openAsText: { viewId: 1 },
  tapAct: { name: 'fault' },
  saveConversation: { filter: 'dir:out', between: [1, 9] },
  pickFile: {},
};

const bad: readonly (readonly [name: Name, params: unknown])[] = [
  ['send', null],
  ['send', { message: { ...message, format: 'exec' } }],
  ['send', { message: { ...message, content: 7 } }],
  ['send', { message: { ...message, binary: 'no' } }],
  ['steps', { from: 0, to: 3 }],
  ['steps', { from: 1, to: 10_001 }],
  ['resend', { id: 'last' }],
  ['repeat', { message, times: 0, everyMs: 0 }],
  ['repeat', { message, times: 100_001, everyMs: 0 }],
  ['repeat', { message, times: 1, everyMs: -1 }],
  ['repeat', { message, times: 1.5, everyMs: 0 }],
  ['sendRaw', { frame: { ...frame, opcode: 16 } }],
  ['ping', { payload: 'x'.repeat(126) }],
  ['ping', { payload: 'é'.repeat(63) }],
  ['close', { code: 65_536, reason: '' }],
  ['close', { code: '1000', reason: '' }],
  ['close', { code: 1000, reason: 'x'.repeat(124) }],
  ['pause', { paused: 1 }],
  ['viewOpen', { mode: 'all', filter: '' }],
  ['viewOpen', { mode: 'wire', filter: 'x'.repeat(10_001) }],
  ['viewRows', { viewId: 1, from: 0, count: 2001, paths: [] }],
  ['viewRows', { viewId: 1, from: -1, count: 1, paths: [] }],
  ['viewRows', { viewId: 1, from: 0, count: 1, paths: Array(9).fill('$') }],
  ['viewRows', { viewId: 1, from: 0, count: 1, paths: ['$'.repeat(201)] }],
  ['viewRows', { viewId: Number.NaN, from: 0, count: 1, paths: [] }],
  ['viewPayload', { id: 1, mode: 'wire', offset: 0, length: Number.MAX_SAFE_INTEGER }],
  ['tapInject', { connection: 2, lane: 'both', message }],
  ['tapRelease', { held: 1, fate: 'keep' }],
  ['tapRelease', { held: 1, fate: { ...message, format: 'exec' } }],
  ['exportLog', { format: '../../etc' }],
  ['copyAs', { tool: 'sh' }],
  ['comparePayloads', { ids: [1], mode: 'wire' }],
  ['comparePayloads', { ids: [1, 2, 3], mode: 'wire' }],
];

describe('the table of acts', () => {
  it('names each for the inspector without the word before it, and the engine’s name beside it', () => {
    deepStrictEqual([PANEL_ACTS.halfClose.method, PANEL_ACTS.viewRows.method], ['sessionHalfClose', 'viewRows']);
    const permitted = Object.values(SESSION_ACTS).filter(({ panel }) => panel);
    deepStrictEqual(Object.keys(PANEL_ACTS).sort(), Object.keys(good).sort());
    deepStrictEqual(permitted.length, Object.keys(PANEL_ACTS).length, 'no two have one name');
  });

  it('gives the inspector nothing that opens, reads or writes a place of its own choice', () => {
    for (const name of ['open', 'sessionOpen', 'export', 'dispose', 'recordingOpen', 'recordingImport']) {
      deepStrictEqual(Object.hasOwn(PANEL_ACTS, name), false, name);
    }
  });

  it('leaves to the host what the engine never hears of', () => {
    const methods: readonly string[] = SESSION_METHODS;
    deepStrictEqual([methods.includes('pickFile'), methods.includes('sessionHalfClose')], [false, true]);
  });
});

describe('what an inspector may ask of its session', () => {
  for (const [name, params] of Object.entries(good)) {
    it(`takes ${name} as it should be, and drops what else stands in it`, () => {
      const { check } = PANEL_ACTS[name as Name];
      deepStrictEqual(check({ ...params, sessionId: 'another', __proto__: { polluted: true } }), params);
    });
  }

  for (const [name, params] of bad) {
    it(`refuses ${name} with ${JSON.stringify(params).slice(0, 60)}`, () => {
      throws(() => PANEL_ACTS[name].check(params), { code: 'inspector.bad-request' });
    });
  }

  it('gives what it takes, or the one refusal, whatever comes', () => {
    const names = Object.keys(good) as Name[];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.anything(), (name, params) => {
        try {
          return typeof PANEL_ACTS[name].check(params) === 'object';
        } catch (error) {
          return (error as { code?: unknown }).code === 'inspector.bad-request';
        }
      }),
    );
  });
});
