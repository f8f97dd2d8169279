import { EXPERIMENT_NAMES, EXPERIMENT_SCHEMA } from '../base/experiment.js';
import { count, type JsonSchema, milliseconds, nullable, record } from '../base/recordSchema.js';

const milliseconds0 = { type: ['number', 'null'], minimum: 0 };
const numbers: JsonSchema = {
  description: 'Flat, the unit in the name. Null: asked, and not known.',
  type: 'object',
  additionalProperties: { type: ['number', 'null'] },
};
const ofReport = (key: string): JsonSchema => ({ $ref: `report.schema.json#/properties/${key}` });

const run = record('One connection. Times are milliseconds since the start of the experiment.', {
  connection: { type: 'integer', minimum: 1 },
  startMs: milliseconds,
  openMs: { ...milliseconds0, description: 'Null: it never opened.' },
  endMs: milliseconds0,
  status: nullable('integer'),
  close: ofReport('close'),
  error: ofReport('error'),
  note: { type: 'string' },
  numbers,
});

/** The JSON schema of what `wsprobe lab <experiment> --json` writes; `lab handshake` writes a report. */
export function experimentSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'wsprobe lab',
    ...record('What an experiment over several connections found.', {
      schema: { const: EXPERIMENT_SCHEMA },
      experiment: { enum: [...EXPERIMENT_NAMES] },
      name: { type: 'string' },
      url: { type: 'string' },
      startedAt: { type: 'string', format: 'date-time' },
      durationMs: milliseconds,
      vantage: ofReport('vantage'),
      connections: record('How many opened, and how many did not.', { opened: count, failed: count }),
      verdict: { enum: ['pass', 'warn', 'fail'] },
      conclusion: { type: 'string', minLength: 1, description: 'One sentence.' },
      numbers,
      findings: ofReport('findings'),
      runs: { type: 'array', items: run, maxItems: 1000, description: 'The first 1,000 connections.' },
      stopped: { ...nullable('string'), description: 'Why it ended before it was through; null: it was.' },
    }),
  };
}
