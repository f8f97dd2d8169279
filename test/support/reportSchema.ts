import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Report } from '../../src/core/base/model.js';

let validate: ValidateFunction | null = null;

/** Holds a report against the schema that ships, as it goes out: through JSON. */
export function assertMatchesSchema(report: Report): void {
  if (!validate) {
    const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
    addFormats.default(ajv);
    validate = ajv.compile(JSON.parse(readFileSync(join('media', 'schemas', 'report.schema.json'), 'utf8')));
  }
  const valid = validate(JSON.parse(JSON.stringify(report)));
  assert.ok(valid, JSON.stringify(validate.errors, null, 1));
}
