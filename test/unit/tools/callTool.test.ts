import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import { callTool, type ToolWorld } from '../../../src/core/tools/callTool.js';
import { TOOL_NAMES, TOOLS } from '../../../src/core/tools/definitions.js';
import { untrusted } from '../../../src/core/tools/untrusted.js';

/** A world in which whatever is asked is noted and fails. */
function closedWorld(): ToolWorld & { readonly asked: string[] } {
  const asked: string[] = [];
  const refuse = (name: string) => async () => {
    asked.push(name);
    throw new Error('closed');
  };
  return {
    asked,
    probe: refuse('probe'),
    findCure: refuse('findCure'),
    connect: refuse('connect'),
    send: refuse('send'),
    readRows: refuse('readRows'),
    close: refuse('close'),
  };
}

const call = () => ({ signal: new AbortController().signal, onProgress: () => {} });

describe('callTool', () => {
  it('answers any input with words, and asks nothing for one that is wrong', async () => {
    const property = fc.asyncProperty(fc.constantFrom(...TOOL_NAMES), fc.jsonValue(), async (name, input) => {
      const world = closedWorld();
      const { text, isError } = await callTool(world, name, input, call());
      ok(text.length > 0 && text.length < 4_000);
      strictEqual(isError, true);
      deepStrictEqual(world.asked, []);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('lets no text of an argument ask for a secret or the environment, wherever it stands', async () => {
    const place = fc.constantFrom('text', 'json', 'hex', 'sessionId');
    const property = fc.asyncProperty(
      place,
      fc.constantFrom('secret', 'env'),
      fc.string(),
      async (key, kind, around) => {
        const world = closedWorld();
        const input = { sessionId: 's1', text: undefined, [key]: `${around}\${${kind}:NAME}${around}` };
        const { isError } = await callTool(world, 'wsprobe_send', JSON.parse(JSON.stringify(input)), call());
        strictEqual(isError, true);
        deepStrictEqual(world.asked, []);
      },
    );
    await fc.assert(property);
  });

  it('rejects where the call was cancelled', async () => {
    const cancelling = new AbortController();
    cancelling.abort(new Error('enough'));
    const cancelled = { signal: cancelling.signal, onProgress: () => {} };
    await rejects(callTool(closedWorld(), 'wsprobe_probe', { url: 'ws://localhost' }, cancelled), /enough/);
  });
});

describe('the tools', () => {
  it('have schemas that every model takes: objects of named keys, no choice at the top', () => {
    for (const { inputSchema, description, title } of Object.values(TOOLS)) {
      deepStrictEqual([inputSchema.type, inputSchema.additionalProperties], ['object', false]);
      ok(!/anyOf|oneOf|allOf|\$ref/.test(JSON.stringify(inputSchema)));
      ok(description.length < 1_000 && title.length < 60);
    }
  });
});

describe('untrusted', () => {
  it('makes marks anew each time, and none for nothing', () => {
    deepStrictEqual(untrusted([]), []);
    const [first] = untrusted(['a']);
    const [second] = untrusted(['a']);
    ok(first !== second);
  });
});
