import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { runSchema } from '../../../../src/cli/reporters/runSchema.js';
import { item, RESULTS, told } from './results.js';

function schemaFile(name: string): object {
  return JSON.parse(readFileSync(`media/schemas/${name}.schema.json`, 'utf8')) as object;
}

describe('the schema of a run', () => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  ajv.addSchema(schemaFile('report'), 'report.schema.json');
  const validate = ajv.compile(runSchema());

  function assertValid(text: string): void {
    assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors, null, 2));
  }

  it('is the one in media/schemas (npm run schemas writes it)', () => {
    assert.deepEqual(schemaFile('run'), runSchema());
  });

  it('takes what the reporter writes: results of every kind, none, and an interrupted run', async () => {
    assertValid(await told('json'));
    assertValid(await told('json', []));
    assertValid(await told('json', RESULTS.slice(0, 1), { end: { interrupted: true, notRun: [item()] } }));
  });

  it('refuses what it does not name', async () => {
    const run = JSON.parse(await told('json', [])) as object;
    assert.equal(validate({ ...run, more: 1 }), false);
    assert.equal(validate({ ...run, results: [{}] }), false);
  });
});
