import { escapeVariables } from '../base/escapeVariables.js';
import { isSecretEnvValue } from '../profile/envSecret.js';
import { parts, type Part } from '../profile/variables.js';
import { isTypedAsJson } from '../base/message.js';
import type { OutgoingMessage } from './snapshot.js';

/** What references of messages are worth. Both throw a ProbeError where there is no value. */
export interface ReferenceValues {
  secret(name: string): Promise<string>;
  env(name: string): string;
}

/** The same values, told to `learn` where they must not be shown from then on. */
export function learning(values: ReferenceValues, learn: (value: string) => void): ReferenceValues {
  return {
    secret: async (name) => {
      const value = await values.secret(name);
      learn(value);
      return value;
    },
    env: (name) => {
      const value = values.env(name);
      if (isSecretEnvValue(value)) learn(value);
      return value;
    },
  };
}

/**
 * A message with the values of its `${secret:name}` and `${env:NAME}`, and within texts of JSON those of its variables, each
 * escaped as its place asks for. What else it holds is filled in as it is encoded. A path has no references.
 */
export async function fillReferences(
  message: OutgoingMessage,
  values: ReferenceValues,
  variables: Readonly<Record<string, string>>,
): Promise<OutgoingMessage> {
  if (message.format === 'file' || !message.content.includes('${')) return message;
  const pieces = parts(message.content);
  // Encoding it says what is broken.
  if (pieces.some(({ kind }) => kind === 'broken')) return message;
  let isText = false;
  const written: string[] = [];
  for (const part of pieces) {
    if (part.kind === 'literal') {
      if (isTypedAsJson(message.format)) isText = endsInText(part.text, isText);
      written.push(escapeVariables(part.text));
      continue;
    }
    const value = await valueOf(part, values, isText ? variables : {});
    if (value === undefined) written.push(message.content.slice(part.start, part.end));
    else written.push(escapeVariables(isText ? JSON.stringify(value).slice(1, -1) : value));
  }
  return { ...message, content: written.join('') };
}

async function valueOf(
  part: Exclude<Part, { kind: 'literal' }>,
  values: ReferenceValues,
  variables: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  switch (part.kind) {
    case 'secret':
      return values.secret(part.name);
    case 'env':
      return values.env(part.name);
    case 'variable':
      return Object.hasOwn(variables, part.name) ? variables[part.name] : undefined;
    case 'broken':
      return undefined;
  }
}

/** Whether the end of a piece of JSON lies within a text of it. */
function endsInText(piece: string, isText: boolean): boolean {
  const quotes = piece.replace(/\\[^]/g, '').match(/"/g)?.length ?? 0;
  return isText === (quotes % 2 === 0);
}
