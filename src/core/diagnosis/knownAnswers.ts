import type { Evidence } from '../base/evidence.js';
import type { ResponseInfo } from '../base/model.js';
import { headerOf, readableText } from './facts.js';
import { type Known, type RecognisedAnswer, recognise, type Seen } from './knownAnswer.js';
import { knownAws } from './knownAws.js';
import { knownBehind } from './knownBehind.js';
import { knownEdges } from './knownEdges.js';
import { knownEnvoy } from './knownEnvoy.js';
import { knownGateways } from './knownGateways.js';
import { knownIngress } from './knownIngress.js';
import { knownLibraries } from './knownLibraries.js';
import { knownNetwork } from './knownNetwork.js';
import { knownNode } from './knownNode.js';
import { knownPlatforms } from './knownPlatforms.js';
import { knownPython } from './knownPython.js';
import { knownServers } from './knownServers.js';

/** Who stands before the application: what they say themselves comes first, the outermost before the others. */
const before: readonly Known[] = [
  ...knownNetwork,
  ...knownPlatforms,
  ...knownEdges,
  ...knownGateways,
  ...knownEnvoy,
  ...knownIngress,
  ...knownAws,
];
const applications: readonly Known[] = [
  ...knownNode,
  ...knownPython,
  ...knownServers,
  ...knownLibraries,
  ...knownBehind,
];

/** Everybody whose answers are known; `knownSources` tells from where. */
export const KNOWN: readonly Known[] = [...before, ...applications];

/** What this answer means by who gave it; null where no byte tells, or where it could be two applications'. */
export function knownAnswer(response: ResponseInfo, evidence: Evidence): RecognisedAnswer | null {
  const seen: Seen = {
    evidence,
    response,
    text: readableText(response).trim(),
    header: (name) => headerOf(response.headers, name) ?? '',
    found: [],
  };
  for (const known of before) {
    const answer = recognise(known, seen);
    if (answer) return answer;
  }
  for (const kinds of [applications.filter(({ general }) => !general), applications.filter(({ general }) => general)]) {
    const [first, second] = kinds.flatMap((known) => recognise(known, seen) ?? []);
    if (first) return second ? null : first;
  }
  return null;
}
