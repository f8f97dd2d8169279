import type { Fault } from '../../base/fault.js';
import { messageText } from '../../contract/messageText.js';
import { kindOf } from './faults.js';

/** What a fault does, in words, for lists of them. */
export function faultText(fault: Fault): string {
  const { direction = 'both', do: does, probability = 1, when } = fault;
  const { connection, every, match } = when ?? {};
  const parts = [
    actionText(fault),
    does.refuseUpgrade || direction === 'both' ? '' : direction === 'toServer' ? 'to the server' : 'to the client',
    match === undefined ? '' : `where ${shown(match)}`,
    every === undefined ? '' : `each ${every}.`,
    probability < 1 ? `with probability ${probability}` : '',
    when?.afterMessages === undefined ? '' : `after ${when.afterMessages} messages`,
    when?.afterMs === undefined ? '' : `after ${when.afterMs} ms`,
    connection === undefined ? '' : `on connection ${connection}`,
  ];
  return parts.filter(Boolean).join(' ');
}

function actionText(fault: Fault): string {
  const does = fault.do;
  switch (kindOf(fault)) {
    case 'delayMs':
      return `delays messages by ${does.delayMs} ms${does.jitterMs ? ` and up to ${does.jitterMs} ms more` : ''}`;
    case 'bytesPerSecond':
      return `lets ${does.bytesPerSecond} bytes a second pass`;
    case 'drop':
      return 'drops messages';
    case 'duplicate':
      return 'sends messages twice';
    case 'reorder':
      return 'lets messages overtake each other';
    case 'corrupt':
      return 'flips a bit of messages';
    case 'replace':
      return `replaces messages by ${shown(does.replace)}`;
    case 'cut':
      return does.cut === 'rst' ? 'resets the connection' : 'ends the connection';
    case 'halfOpen':
      return 'lets nothing pass any more';
    case 'close':
      return `sends Close ${does.close?.code ?? 1000}`;
    case 'refusePong':
      return 'keeps pongs back';
    case 'stopReading':
      return 'stops reading';
    case 'refuseUpgrade':
      return `refuses upgrades with ${does.refuseUpgrade?.status}`;
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return messageText({ binary: false, bytes: Buffer.from(text) });
}
