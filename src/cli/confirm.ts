import type { Io } from './io.js';

/** Asks on a terminal; anything but a yes is a no, and without a terminal nobody can say it. */
export async function confirm(question: string, io: Io): Promise<boolean> {
  const { stdin, stderr } = io;
  if (stdin.isTTY !== true || !stderr.isTTY) return false;
  stderr.write(`${question} [y/N] `);
  return new Promise((resolve) => {
    let answer = '';
    const settle = () => {
      stdin.off('data', onData).off('end', settle);
      stdin.pause();
      resolve(/^\s*y(es)?\s*$/i.test(answer));
    };
    const onData = (chunk: Buffer | string) => {
      answer = (answer + String(chunk)).slice(0, 100);
      if (/[\r\n]/.test(answer) || answer.length >= 100) settle();
    };
    stdin.on('data', onData).on('end', settle);
  });
}
