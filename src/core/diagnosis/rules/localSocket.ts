import type { Evidence, Failure, Rule } from '../../base/evidence.js';
import { quoteText } from '../../base/plainText.js';
import { parseUrl, type SocketAddress, socketAddressOf } from '../../base/url.js';
import { failedIn, phaseTime } from '../facts.js';
import { finding } from '../finding.js';
import type { FindingId } from '../findingIds.js';
import { shellFix } from '../snippets/shell.js';
import { isExhausted } from './tcp.js';

/** The local socket that a plan leads to; null where it leads to a host. */
function localSocketOf({ plan }: Pick<Evidence, 'plan'>): SocketAddress | null {
  const url = parseUrl(plan.url);
  return url && socketAddressOf(url);
}

/** No connection to a socket of the file system, or a named pipe: not there, not ours, left behind. */
export const localSocket: Rule = {
  ids: ['socket.not-found', 'socket.denied', 'socket.refused'],
  diagnose: (evidence) => {
    const local = localSocketOf(evidence);
    const failure = failedIn(evidence, 'tcp', 'error', 'timeout', 'reset', 'end');
    if (!local || !failure || isExhausted(failure)) return null;
    const { id, title, explanation } = words(failure, quoteText(local.socketPath, 160));
    const { socketPath } = local;
    return finding(id, {
      title,
      explanation,
      evidence: [
        failure.code && `System error: ${failure.code}`,
        quoteText(failure.message, 200),
        phaseTime(evidence, 'tcp'),
      ],
      fixes: [
        id === 'socket.denied'
          ? shellFix('Who may? (each folder of the path must be open to you, and the socket writable)', [
              'namei',
              '-l',
              socketPath,
            ])
          : shellFix('Is it there, and who listens on it?', ['ls', '-l', socketPath], 'ss -xlp'),
      ],
    });
  },
};

interface Words {
  readonly id: FindingId;
  readonly title: string;
  readonly explanation: string;
}

function words({ code, kind }: Failure, path: string): Words {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return {
      id: 'socket.not-found',
      title: `There is no socket ${path}`,
      explanation:
        'The server is not running, makes its socket elsewhere, or runs in a container or another mount namespace whose files are not these. A colon in the path of the socket itself is written %3A.',
    };
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      id: 'socket.denied',
      title: `The socket ${path} may not be opened by this user`,
      explanation:
        'Connecting wants the right to write to the socket, and to pass through every folder above it. Servers often give it to a group (docker, www-data), which counts from the next login on.',
    };
  }
  const stale = code === 'ECONNREFUSED' || code === 'ENOTSOCK';
  return {
    id: 'socket.refused',
    title: stale ? `Nobody listens on ${path}` : `The socket ${path} does not take the connection (${code ?? kind})`,
    explanation: stale
      ? 'The file is there, and no program listens on it: the one that made it has ended without taking it away, or the file is none of a socket that listens. Starting the server makes it anew; some refuse to while the old file is there.'
      : 'The socket is there and gave no connection: its queue is full, it is of another type than a stream, or its path is longer than the system takes (about 100 bytes).',
  };
}
