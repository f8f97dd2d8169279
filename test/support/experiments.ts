import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Experiment, ExperimentName } from '../../src/core/base/experiment.js';
import { type ExperimentOptions, runExperiment } from '../../src/core/lab/runExperiment.js';
import type { ExperimentSettings } from '../../src/core/base/experimentFacts.js';
import { parseProfile } from '../../src/core/profile/parse.js';
import { planFor } from './plan.js';

let validate: ValidateFunction | null = null;

/** Holds a record against the schema that ships, as it goes out: through JSON. */
export function assertIsExperiment(record: Experiment): void {
  if (!validate) {
    const schema = (name: string): object =>
      JSON.parse(readFileSync(join('media', 'schemas', `${name}.schema.json`), 'utf8')) as object;
    const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
    addFormats.default(ajv);
    ajv.addSchema(schema('report'), 'report.schema.json');
    validate = ajv.compile(schema('experiment'));
  }
  const valid = validate(JSON.parse(JSON.stringify(record)));
  assert.ok(valid, JSON.stringify(validate.errors, null, 1));
}

/** Runs an experiment as a test wants it; its record is one that the schema allows, whatever it found. */
export async function experiment(
  name: ExperimentName,
  url: string,
  settings: ExperimentSettings = {},
  overrides: Parameters<typeof planFor>[1] = {},
  options: ExperimentOptions = {},
): Promise<Experiment> {
  const record = await runExperiment(name, planFor(url, overrides), settings, options);
  assertIsExperiment(record);
  assertFixesFit(record);
  return record;
}

/** What is offered for the profile is what a profile takes. */
function assertFixesFit({ findings }: Experiment): void {
  for (const { id, fixes } of findings) {
    for (const { snippet, title } of fixes.filter((fix) => fix.title.endsWith('(profile)'))) {
      const keys = JSON.parse(snippet) as object;
      const { problems } = parseProfile(JSON.stringify({ url: 'ws://127.0.0.1/', ...keys }));
      assert.deepEqual(problems, [], `${id}: ${title}`);
    }
  }
}

export function findingIds({ findings }: Pick<Experiment, 'findings'>): readonly string[] {
  return findings.map(({ id }) => id);
}
