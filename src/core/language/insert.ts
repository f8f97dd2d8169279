import type { ObjectNode } from '../profile/jsonc.js';
import type { Edit } from './rename.js';

/** Before the first key, in a line of its own where that has one. */
export function insertFirst(text: string, node: ObjectNode, member: string): Edit {
  const [first] = node.members;
  const offset = node.offset + 1;
  if (!first) return { offset, length: 0, text: ` ${member} ` };
  const space = text.slice(offset, first.key.offset);
  return { offset: first.key.offset, length: 0, text: `${member},${/^\s*$/.test(space) ? space || ' ' : ' '}` };
}

/** After the last key and the comment beside it, whether a comma stands there or not. */
export function insertLast(text: string, node: ObjectNode, member: string): Edit {
  const last = node.members.at(-1);
  if (!last) return insertFirst(text, node, member);
  const offset = last.value.offset + last.value.length;
  const before = /\r?\n[ \t]*$/.exec(text.slice(0, last.key.offset))?.[0];
  if (before === undefined) return { offset, length: 0, text: `, ${member}` };
  const { end, hasComma } = restOfLine(text, offset);
  const rest = text.slice(offset, end);
  return { offset, length: end - offset, text: hasComma ? `${rest}${before}${member},` : `,${rest}${before}${member}` };
}

/** What stands beside a value in its line, up to its last comment, and whether a comma follows. */
function restOfLine(text: string, from: number) {
  let at = from;
  let end = from;
  let hasComma = false;
  for (;;) {
    const gap = /^(?:[ \t]+|\/\*(?:(?!\*\/)[^\r\n])*\*\/|\/\/[^\r\n]*)/.exec(text.slice(at, at + 10_000))?.[0];
    if (gap !== undefined) {
      at += gap.length;
      if (gap.startsWith('/')) end = at;
    } else if (text[at] === ',' && !hasComma) {
      hasComma = true;
      at += 1;
      end = at;
    } else break;
  }
  return { end, hasComma };
}
