import { type JsonNode, type Member, nodeAt, type ObjectNode } from './jsonc.js';

/** A profile with the keys of an environment or a client in place of its own; variables are replaced one by one. */
export function layOver(base: ObjectNode, over: JsonNode): ObjectNode {
  const variables = mergeMembers(nodeAt(base, 'variables'), nodeAt(over, 'variables'));
  const members = mergeMembers(base, over).map((member) =>
    member.key.name === 'variables'
      ? { ...member, value: { ...member.value, type: 'object', members: variables } as const }
      : member,
  );
  return { ...base, members };
}

/** The members of both, those of `over` in the place of their namesakes. */
export function mergeMembers(base: JsonNode | undefined, over: JsonNode | undefined): readonly Member[] {
  const merged = new Map<string, Member>();
  for (const node of [base, over]) {
    for (const member of node?.type === 'object' ? node.members : []) merged.set(member.key.name, member);
  }
  return [...merged.values()];
}
