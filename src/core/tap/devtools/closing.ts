import type { ConnectionEnd } from '../../base/sessionEvent.js';

/** An end of which nobody tells the code. */
export function untoldEnd(evidence: string): ConnectionEnd {
  return { code: null, reason: '', initiator: 'network', clean: false, evidence };
}

/** An end as the program itself heard of it; who began it, it does not hear. */
export function toldEnd(code: number, reason: string, clean: boolean): ConnectionEnd {
  return { code, reason, initiator: 'network', clean, evidence: 'as the program was told' };
}
