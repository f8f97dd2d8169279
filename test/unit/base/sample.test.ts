import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { pauseSample, type Sample, sampleOf } from '../../../src/core/base/sample.js';
import { rollupSchema, sampleSchema } from '../../../src/core/base/sampleSchema.js';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planFor } from '../../support/plan.js';

const SUBJECT = { target: 'ws://h/', profile: 'orders.wsprobe' };

function schemaJudge(schema: object): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

describe('a sample', () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  const judge = schemaJudge(sampleSchema());
  const sampled = async (path: string): Promise<Sample> => {
    const sample = sampleOf(await runProbe(planFor(`${playground.ws}${path}`)), SUBJECT);
    assert.ok(judge(JSON.parse(JSON.stringify(sample))), JSON.stringify(judge.errors));
    return sample;
  };

  it('has its schema in media/schemas, as has a rollup (npm run schemas writes them)', () => {
    for (const [name, schema] of Object.entries({ sample: sampleSchema(), rollup: rollupSchema() }))
      assert.deepEqual(JSON.parse(readFileSync(`media/schemas/${name}.schema.json`, 'utf8')), schema);
  });

  it('tells of a healthy probe: phases that ran, round trip, who was reached', async () => {
    const sample = await sampled('/echo');
    const { kind, verdict, connected, status, closeCode, clean, finding, address, error, profile } = sample;
    assert.deepEqual(
      [kind, verdict, connected, status, closeCode, clean, finding, address, error, profile],
      ['probe', 'healthy', true, 101, 1000, true, null, '127.0.0.1', null, 'orders.wsprobe'],
    );
    assert.ok((sample.roundTripMs ?? 0) > 0);
    assert.ok((sample.phases.upgrade ?? 0) > 0);
    assert.equal(Object.hasOwn(sample.phases, 'tls'), false);
  });

  it('tells of a refusal: status, headline, error; and of a close after the 101', async () => {
    const refused = await sampled('/status/401');
    assert.deepEqual(
      [refused.verdict, refused.connected, refused.status, refused.closeCode],
      ['down', false, 401, null],
    );
    assert.match(refused.finding ?? '', /^upgrade\./);
    assert.equal(refused.error?.phase, 'upgrade');
    const closed = await sampled('/close/4401');
    assert.deepEqual([closed.verdict, closed.connected, closed.closeCode], ['down', true, 4401]);
  });

  it('of a pause knows nothing but how long', () => {
    const pause = pauseSample(SUBJECT, '2026-11-20T12:00:00.000Z', 4200);
    assert.ok(judge(pause), JSON.stringify(judge.errors));
    assert.deepEqual([pause.verdict, pause.connected, pause.pausedMs], [null, false, 4200]);
  });
});
