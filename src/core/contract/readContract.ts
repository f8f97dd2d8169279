import { ProbeError } from '../base/errors.js';
import { JsonSchema } from '../base/jsonSchema.js';
import { isDeeper } from '../base/nesting.js';
import { CONTRACT_SCHEMA, type Contract } from './contract.js';
import { contractSchema } from './contractSchema.js';

const MAX_DEPTH = 100;

/** A contract out of its text. Throws `contract.invalid` with what is wrong and where. */
export function readContract(text: string): Contract {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw invalid(`it is no JSON: ${(error as Error).message}`);
  }
  const { schema } = Object(value) as { readonly schema?: unknown };
  if (schema !== CONTRACT_SCHEMA) throw invalid(`its schema is not ${CONTRACT_SCHEMA}`);
  if (isDeeper(value, MAX_DEPTH)) throw invalid(`it is nested deeper than ${MAX_DEPTH} levels`);
  const [first] = new JsonSchema(contractSchema()).errors(value);
  if (first) throw invalid(`${first.at}: ${first.message}`);
  return value as Contract;
}

function invalid(why: string): ProbeError {
  return new ProbeError('contract.invalid', `This is no contract: ${why}.`, {
    hint: 'A contract is what wsprobe contract learn writes.',
  });
}
