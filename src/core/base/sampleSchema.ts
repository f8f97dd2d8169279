import { count, type JsonSchema, milliseconds, nullable, record } from './recordSchema.js';
import { ROLLUP_SCHEMA, SAMPLE_SCHEMA } from './sample.js';

const DRAFT = 'http://json-schema.org/draft-07/schema#';
const phaseNames = ['dns', 'tcp', 'proxy', 'tls', 'upgrade', 'message', 'close'];
const time = { type: 'string', format: 'date-time' };
const told = (schema: JsonSchema, description: string): JsonSchema => ({ ...schema, description });

const subject = {
  target: { type: 'string', description: 'The address, without what may be a credential.' },
  profile: told(nullable('string'), 'The profile as it was named; null for an address alone.'),
};

const heartbeats = record('Beats that are decided: answered, or given up.', { sent: count, answered: count });

const returns = record('Times that a held connection stood again after a drop.', {
  count,
  atFirstTry: told(count, 'How many of these took one try.'),
});

const sequence = record('What the numbers in messages say (`watch.sequence`).', {
  numbered: count,
  lost: told(count, 'Numbers that never came, between those that did.'),
  repeated: told(count, 'Numbers that came again.'),
  unknown: told(count, 'Times that the count began anew: what was lost there cannot be told.'),
});

const seen = {
  address: told(nullable('string'), 'IP address that was reached.'),
  certificate: told(nullable('string'), "SHA-256 of the server's certificate."),
  certificateDaysLeft: nullable('integer'),
  subprotocol: nullable('string'),
  serverFingerprint: told(nullable('string'), 'What the answer says of its software.'),
};

const histogram = record('Values in buckets whose borders grow by 101/99: the one of index n ends at (101/99)^n.', {
  count,
  sum: milliseconds,
  min: milliseconds,
  max: milliseconds,
  buckets: {
    type: 'array',
    items: { type: 'array', items: [{ type: 'integer' }, count], minItems: 2, maxItems: 2 },
  },
});

function byPhase(value: JsonSchema): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(phaseNames.map((name) => [name, value])),
  };
}

/** The JSON schema of a line of `wsprobe watch --json`. */
export function sampleSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'wsprobe sample',
    ...record('One look at a target. Null is what was not seen.', {
      schema: { const: SAMPLE_SCHEMA },
      kind: {
        enum: ['probe', 'hold', 'pause'],
        description: '`hold`: of a held connection. `pause`: our own timer was late, nothing is known of the target.',
      },
      at: time,
      ...subject,
      verdict: { enum: ['healthy', 'degraded', 'down', null] },
      phases: told(byPhase(milliseconds), 'Milliseconds of the phases that ran.'),
      roundTripMs: told({ ...nullable('number'), minimum: 0 }, 'The median of several.'),
      status: told(nullable('integer'), 'Of the answer to the upgrade request.'),
      closeCode: nullable('integer'),
      clean: nullable('boolean'),
      finding: told(nullable('string'), 'Id of the headline finding.'),
      ...seen,
      error: {
        oneOf: [
          { type: 'null' },
          record('Why it is down.', {
            code: { type: 'string' },
            message: { type: 'string' },
            phase: { enum: phaseNames },
          }),
        ],
      },
      connected: { type: 'boolean', description: 'The opening handshake succeeded, or the held connection stands.' },
      'heldMs?': told(milliseconds, 'How long the held connection stands.'),
      'heartbeats?': heartbeats,
      'reconnects?': told(count, 'Connections begun anew since the sample before.'),
      'drops?': told(count, 'Connections that ended since the sample before.'),
      'returns?': returns,
      'sequence?': sequence,
      'pausedMs?': told(milliseconds, 'How long nothing was seen.'),
    }),
  };
}

/** The JSON schema of a compacted minute. */
export function rollupSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'wsprobe rollup',
    ...record('The samples of one minute about one target. Rollups of one minute add up.', {
      schema: { const: ROLLUP_SCHEMA },
      at: time,
      ...subject,
      samples: record('By their kind.', { probe: count, hold: count, pause: count }),
      connected: count,
      verdicts: record('Of probes and holds.', { healthy: count, degraded: count, down: count }),
      phases: byPhase(histogram),
      roundTrip: { oneOf: [{ type: 'null' }, histogram] },
      closes: {
        type: 'array',
        items: record('How connections ended.', { code: { type: 'integer' }, clean: { type: 'boolean' }, count }),
      },
      findings: { type: 'object', additionalProperties: count, description: 'Headlines by their id.' },
      heartbeats,
      reconnects: count,
      drops: count,
      'returns?': returns,
      'sequence?': sequence,
      pausedMs: milliseconds,
      heldMs: milliseconds,
      ...seen,
    }),
  };
}
