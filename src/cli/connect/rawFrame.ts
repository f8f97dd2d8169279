import { ProbeError } from '../../core/base/errors.js';
import { OPCODE } from '../../core/base/frame.js';
import type { RawFrame } from '../../core/session/snapshot.js';

const FLAGS = ['nofin', 'rsv1', 'rsv2', 'rsv3', 'unmasked'] as const;
type Flag = (typeof FLAGS)[number];

/** `<opcode> [flags] [hex]`: the opcode a number from 0 to 15 (0x… too) or a name. Throws `ProbeError`. */
export function parseRawFrame(text: string): RawFrame {
  const [opcode = '', ...words] = text.split(/\s+/).filter((word) => word !== '');
  const flags = new Set<Flag>();
  while (isFlag(words[0])) flags.add(words.shift() as Flag);
  return {
    opcode: opcodeOf(opcode),
    fin: !flags.has('nofin'),
    rsv1: flags.has('rsv1'),
    rsv2: flags.has('rsv2'),
    rsv3: flags.has('rsv3'),
    masked: !flags.has('unmasked'),
    payload: { format: 'hex', content: words.join(''), binary: true },
  };
}

function isFlag(word: string | undefined): word is Flag {
  return FLAGS.some((flag) => flag === word);
}

function opcodeOf(word: string): number {
  const named = Object.entries(OPCODE).find(([name]) => name === word)?.[1];
  const value = named ?? (/^(0x[0-9a-f]|\d{1,2})$/i.test(word) ? Number(word) : NaN);
  if (value >= 0 && value <= 15) return value;
  throw new ProbeError('usage', '/raw wants an opcode from 0 to 15, or its name, first.', {
    hint: `Then flags (${FLAGS.join(', ')}), then the payload as hex: /raw text rsv1 68 69`,
  });
}
