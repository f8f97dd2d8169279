import type { Place } from '../profile/problems.js';
import { ownPath, type Path } from '../profile/variables.js';
import { inside, openDocument, walk } from './document.js';

/** A text that is the path of a file, relative to the profile. */
export interface FileLink extends Place {
  readonly path: string;
}

const MAX_LINKS = 1000;

/** The files that a profile names, where the name is known without the value of a variable. */
export function fileLinks(text: string): readonly FileLink[] {
  const links: FileLink[] = [];
  walk(openDocument(text).root, {
    text: (path, node) => {
      if (links.length >= MAX_LINKS || node.value === '' || node.value.includes('${')) return;
      if (isFile(ownPath(path))) links.push({ ...inside(node), path: node.value });
    },
  });
  return links;
}

function isFile(path: Path): boolean {
  const [top, second, third] = path;
  const last = path.at(-1);
  if (top === 'tls') return second === 'ca' ? path.length === 3 : ['cert', 'key', 'pfx'].includes(String(second));
  if (last === 'file') return path.at(-2) === 'send' && isSend(path.slice(0, -1));
  if (last !== 'schema') return false;
  if (path.at(-2) === 'protobuf') return path.at(-3) === 'send' && isSend(path.slice(0, -2));
  return top === 'message' ? second === 'expect' : top === 'steps' && String(third).startsWith('expect');
}

/** Not what a JSON message happens to call so. */
function isSend(path: Path): boolean {
  const [top] = path;
  if (top === 'message') return path.length === 2;
  if (top === 'session') return path.length === 3 && path[1] === 'heartbeat';
  return (top === 'steps' || top === 'messages') && path.length === 3;
}
