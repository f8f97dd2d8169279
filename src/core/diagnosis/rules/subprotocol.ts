import type { HandshakeProblem } from '../../base/evidence.js';
import type { Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { finding } from '../finding.js';
import { profileFix } from '../snippets/profile.js';
import { onServer } from '../snippets/shell.js';
import { problemEvidence } from './handshake.js';

type SubprotocolId = Extract<HandshakeProblem['id'], `subprotocol.${string}`>;
type ExtensionId = Extract<HandshakeProblem['id'], `extension.${string}`>;

const offered = ({ report }: Evidence): string => quoteText(report.subprotocol.offered.join(', ') || 'none', 120);
const received = ({ received: value }: HandshakeProblem): string => quoteText(value ?? '?', 100);

const oneToken = onServer(
  'Let it answer with exactly one of the offered tokens, letter by letter (handleProtocols of ws, Subprotocols of gorilla).',
);

const offerNone = profileFix('Offer none (profile)', { subprotocols: [] });

/** Two protocols of GraphQL go by tokens that older and newer servers know one of; without one they speak neither. */
function otherOfGraphql({ plan: { subprotocols } }: Evidence): Fix | null {
  const [known, other] = ['graphql-transport-ws', 'graphql-ws'].toSorted(
    (a, b) => Number(subprotocols.includes(b)) - Number(subprotocols.includes(a)),
  );
  if (known === undefined || other === undefined || !subprotocols.includes(known) || subprotocols.includes(other))
    return null;
  return profileFix('Offer the other token of GraphQL too (profile)', { subprotocols: [...subprotocols, other] });
}

const noExtension = onServer('Let it answer with extensions of the offer, or with none.');

interface Text {
  readonly title: (evidence: Evidence, problem: HandshakeProblem) => string;
  readonly explanation: string;
  readonly fixes: (evidence: Evidence, problem: HandshakeProblem) => readonly (Fix | false)[];
}

const texts: Readonly<Record<SubprotocolId | ExtensionId, Text>> = {
  'subprotocol.none-selected': {
    title: (evidence) => `The server chose none of the offered subprotocols (${offered(evidence)})`,
    explanation:
      'Browsers close the connection when they offered subprotocols and none was chosen; many other clients go on and the two sides then speak different languages. The library of the server is of another version, its route knows no subprotocols, or a proxy dropped the header.',
    fixes: (evidence) => [
      otherOfGraphql(evidence) ?? oneToken,
      otherOfGraphql(evidence) === null ? offerNone : oneToken,
    ],
  },
  'subprotocol.not-offered': {
    title: (evidence, problem) =>
      `The server chose the subprotocol "${received(problem)}", which was not offered (${offered(evidence)})`,
    explanation:
      'A server may only choose from what the client offers. Often the two sides are in the middle of a migration, such as from graphql-ws to graphql-transport-ws.',
    fixes: (_, problem) => [
      profileFix('Offer what the server speaks (profile)', { subprotocols: [received(problem)] }),
      oneToken,
    ],
  },
  'subprotocol.case': {
    title: (evidence, problem) =>
      `The server wrote the subprotocol as "${received(problem)}", but ${offered(evidence)} was offered: upper and lower case differ`,
    explanation: 'Subprotocols are compared letter by letter (RFC 6455 4.1). Clients refuse one in another case.',
    fixes: (_, problem) => [
      oneToken,
      profileFix('Offer it as the server writes it (profile)', { subprotocols: [received(problem)] }),
    ],
  },
  'subprotocol.several': {
    title: (_, problem) => `The server chose more than one subprotocol: ${received(problem)}`,
    explanation:
      'The answer must hold exactly one token, once. Servers that repeat the whole offer, or proxies that add the header again, make two.',
    fixes: () => [oneToken],
  },
  'subprotocol.unrequested': {
    title: (_, problem) => `The server chose the subprotocol "${received(problem)}", though none was offered`,
    explanation: 'A server must not choose a subprotocol when the client offers none. Every client refuses this.',
    fixes: (_, problem) => [profileFix('Offer it (profile)', { subprotocols: [received(problem)] })],
  },
  'extension.unrequested': {
    title: (_, problem) => `The server turned on an extension that was not offered: ${received(problem)}`,
    explanation:
      'A server may accept only extensions of the offer. Old proxies and servers answer with ones of their own, such as x-webkit-deflate-frame, and from then on the frames cannot be read.',
    fixes: ({ report }, problem) => [
      report.compression.offered === null &&
        /permessage-deflate/i.test(problem.received ?? '') &&
        profileFix('Offer compression (profile)', { compression: true }),
      noExtension,
    ],
  },
  'extension.invalid': {
    title: (_, problem) => `The answer to the offered extensions is not valid: ${received(problem)}`,
    explanation:
      'The header has a parameter that permessage-deflate does not know, a value out of range, or one that contradicts the offer (RFC 7692 7.1).',
    fixes: () => [profileFix('Connect without compression (profile)', { compression: false }), noExtension],
  },
};

/** What a 101 gets wrong about subprotocol and extensions (RFC 6455 4.1, RFC 7692). */
export const subprotocol: Rule = {
  ids: Object.keys(texts),
  diagnose: (evidence) =>
    evidence.problems.flatMap((problem) => {
      if (!Object.hasOwn(texts, problem.id)) return [];
      const text = texts[problem.id as keyof typeof texts];
      return finding(problem.id, {
        severity: problem.severity,
        title: text.title(evidence, problem),
        explanation: text.explanation,
        evidence: [
          // What was offered as extensions is what the problem expected.
          problem.id.startsWith('subprotocol.') && `Offered: ${offered(evidence)}`,
          ...problemEvidence(evidence, problem),
        ],
        fixes: text.fixes(evidence, problem),
      });
    }),
};

/** The handshake is right, but the subprotocol is not the one that the profile expects. */
export const unexpectedSubprotocol: Rule = {
  ids: ['subprotocol.unexpected'],
  diagnose: (evidence) => {
    const { plan, problems, report } = evidence;
    const wanted = plan.expect.subprotocol;
    const { selected } = report.subprotocol;
    if (wanted === undefined || report.response?.status !== 101 || selected === wanted) return null;
    if (problems.some(({ id }) => id.startsWith('subprotocol.'))) return null;
    const name = (token: string | null) => (token === null ? 'none' : `"${quoteText(token, 80)}"`);
    return finding('subprotocol.unexpected', {
      title: `The subprotocol is ${name(selected)}, but the profile expects ${name(wanted)}`,
      explanation:
        'The handshake itself is right. The server chose another of the offered subprotocols than the profile expects, or the one expected was never offered.',
      evidence: [`Offered: ${offered(evidence)}`, `Selected: ${name(selected)}`, `Expected: ${name(wanted)}`],
      fixes: [
        wanted !== null &&
          !report.subprotocol.offered.includes(wanted) &&
          profileFix('Offer it (profile)', { subprotocols: [wanted] }),
        profileFix('Expect what the server chooses (profile)', { expect: { subprotocol: selected } }),
      ],
    });
  },
};
