import { parseCommand } from './commands.js';
import type { Converted } from './converted.js';
import { conversation } from './conversation.js';

/** A command line as a profile, and what of it no profile can say. Throws as `parseCommand` does. */
export function fileOfCommand(text: string, index = 0): Converted {
  const { ignored, messages, profile } = parseCommand(text, index);
  return { file: { ...profile, ...conversation(messages.map((send) => ({ send }))) }, left: ignored };
}
