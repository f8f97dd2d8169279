import { count, type JsonSchema, milliseconds, nullable, record } from '../../core/base/recordSchema.js';
import { RUN_SCHEMA } from './json.js';

const exitCode = { enum: [0, 1, 2, 3, 70, 130] };

const problem = record('What is wrong with the profile, and where. Lines and characters count from 0.', {
  severity: { enum: ['error', 'warning'] },
  code: { type: 'string' },
  message: { type: 'string' },
  line: count,
  character: count,
  offset: count,
  length: count,
});

const result: JsonSchema = {
  ...record('One probe. It has a report, or problems of its profile, or a fault of ours.', {
    file: { ...nullable('string'), description: 'Path of the profile; null for a URL.' },
    target: { type: 'string', description: 'The profile, or the URL without what may be a credential.' },
    environment: { ...nullable('string'), description: 'Null: none was asked for.' },
    iteration: { type: 'integer', minimum: 1 },
    exitCode: { ...exitCode, description: 'As of the probe by itself.' },
    flaky: { type: 'boolean', description: 'It passed, but not at the first try.' },
    failedTries: {
      description: 'The tries before this one.',
      type: 'array',
      items: record('One try.', { exitCode, durationMs: milliseconds, why: { type: 'string' } }),
    },
    line: {
      type: ['integer', 'null'],
      minimum: 1,
      description: 'Line of the profile, from 1, that what went wrong has to do with.',
    },
    'report?': { $ref: 'report.schema.json' },
    'problems?': { type: 'array', minItems: 1, items: problem },
    'fault?': record('Our own failure.', { message: { type: 'string' } }),
  }),
  oneOf: [{ required: ['report'] }, { required: ['problems'] }, { required: ['fault'] }],
};

/** The JSON schema of what `wsprobe run --reporter json` writes. */
export function runSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'wsprobe run',
    ...record('Several probes and what came of them, in the order of their profiles.', {
      schema: { const: RUN_SCHEMA },
      startedAt: { type: 'string', format: 'date-time' },
      vantage: record('The machine that the probes left from.', {
        host: { type: 'string' },
        remote: nullable('string'),
      }),
      results: { type: 'array', items: result },
      summary: record('The run in numbers.', {
        total: count,
        healthy: count,
        degraded: count,
        down: count,
        problems: { ...count, description: 'Profiles that could not be used.' },
        faults: { ...count, description: 'Our own.' },
        flaky: count,
        notRun: { ...count, description: 'The run was interrupted, or stopped at the first failure.' },
        durationMs: milliseconds,
        exitCode: { ...exitCode, description: 'Of the whole run.' },
      }),
    }),
  };
}
