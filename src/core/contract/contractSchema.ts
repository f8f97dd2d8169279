import { count, type JsonSchema, record } from '../base/recordSchema.js';
import { CONTRACT_SCHEMA, JSON_TYPES } from './contract.js';

const shapeFields: Readonly<Record<string, JsonSchema>> = {
  types: {
    description: 'Types that were seen, number for one with a fraction. Empty: anything.',
    type: 'array',
    items: { enum: [...JSON_TYPES] },
    uniqueItems: true,
  },
  count: { ...count, description: 'How often it was seen.' },
  values: {
    description: 'All texts that were seen, where they were few and short.',
    type: 'array',
    items: { type: 'string' },
    maxItems: 20,
  },
  changing: { description: 'What is new in each message.', enum: ['id', 'time', 'sequence'] },
  min: {
    description: 'Of numbers, as they were seen. One further out than the range is wide departs.',
    type: 'number',
  },
  max: { type: 'number' },
  fields: { type: 'object', additionalProperties: { $ref: '#/definitions/field' } },
  others: { description: 'What any other member holds.', $ref: '#/definitions/shape' },
  items: { $ref: '#/definitions/shape' },
  elements: { type: 'array', items: { $ref: '#/definitions/shape' }, maxItems: 10 },
};

const shape = (more: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties: { ...more, ...shapeFields },
  required: [...Object.keys(more), 'types', 'count'],
  additionalProperties: false,
});

/** The JSON schema of what `wsprobe contract learn` writes. */
export function contractSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'wsprobe contract',
    ...record('Types of message and what they hold, learned from recordings.', {
      schema: { const: CONTRACT_SCHEMA },
      messages: { ...count, description: 'How many it was learned from.' },
      leftOut: { ...count, description: 'Messages of types beyond the 500 that are kept.' },
      discriminators: {
        description: 'Members found to tell types apart where none of the usual names did.',
        type: 'object',
        properties: { sent: { type: 'string' }, received: { type: 'string' } },
        additionalProperties: false,
      },
      types: {
        type: 'array',
        maxItems: 500,
        items: record('One type of message in one direction.', {
          direction: { enum: ['sent', 'received'] },
          name: { type: 'string' },
          path: { type: ['string', 'null'], description: 'JSON path of what says so; null: nothing does.' },
          count,
          shape: { $ref: '#/definitions/shape' },
        }),
      },
    }),
    definitions: { shape: shape({}), field: shape({ required: { type: 'boolean' } }) },
  };
}
