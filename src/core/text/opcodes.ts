export type OpcodeName = 'continuation' | 'text' | 'binary' | 'close' | 'ping' | 'pong';

/** The opcodes that RFC 6455 (5.2) knows, by name. */
export const OPCODE_NAMES: Readonly<Record<number, OpcodeName>> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};

/** The opcode's name (`text`, `close`…), `opcode 0x3` for a reserved one. */
export function opcodeName(opcode: number): string {
  return OPCODE_NAMES[opcode] ?? `opcode 0x${opcode.toString(16)}`;
}
