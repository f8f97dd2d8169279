import type { Evidence } from '../base/evidence.js';
import type { ResponseInfo } from '../base/model.js';
import { headerOf, readableText } from './facts.js';
import type { KnownAnswer, Seen } from './knownAnswer.js';
import { knownFrameworks } from './knownFrameworks.js';
import { knownPlatforms } from './knownPlatforms.js';

/** What this answer means by who gave it; null where no byte tells. */
export function knownAnswer(response: ResponseInfo, evidence: Evidence): KnownAnswer | null {
  const seen: Seen = {
    evidence,
    response,
    status: response.status,
    text: readableText(response).trim(),
    header: (name) => headerOf(response.headers, name) ?? '',
  };
  for (const read of [...knownPlatforms, ...knownFrameworks]) {
    const found = read(seen);
    if (found) return found;
  }
  return null;
}
