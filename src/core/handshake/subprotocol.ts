import type { SubprotocolInfo } from '../base/model.js';
import type { HandshakeProblem } from '../base/evidence.js';
import type { RequestHead, ResponseHead } from './handshake.js';
import { headerValue, headerValues, listElements } from './headers.js';
import { quote } from './headLine.js';

const HEADER = 'sec-websocket-protocol';

/** Checks the chosen subprotocol against the offer, case and all (RFC 6455 4.1, 4.2.2). `selected` is as received. */
export function inspectSubprotocol(
  request: RequestHead,
  response: ResponseHead,
): { subprotocol: SubprotocolInfo; problems: HandshakeProblem[] } {
  const offered = listElements(headerValue(request.headers, HEADER) ?? '');
  const values = headerValues(response.headers, HEADER);
  const selected = values.length === 0 ? null : values.join(', ');
  const found = fault(offered, values, selected);
  const expected = offered.length === 0 ? null : offered.join(', ');
  const problems: HandshakeProblem[] =
    found === null ? [] : [{ ...found, severity: 'error', expected, received: selected }];
  return { subprotocol: { offered, selected }, problems };
}

function fault(
  offered: readonly string[],
  values: readonly string[],
  selected: string | null,
): Pick<HandshakeProblem, 'id' | 'message'> | null {
  if (selected === null) {
    if (offered.length === 0) return null;
    return { id: 'subprotocol.none-selected', message: `The server chose none of ${offered.join(', ')}.` };
  }
  if (offered.length === 0) {
    return {
      id: 'subprotocol.unrequested',
      message: `The server chose the subprotocol ${quote(selected)}, and none was offered.`,
    };
  }
  if (values.length > 1) {
    return { id: 'subprotocol.several', message: `The 101 carries Sec-WebSocket-Protocol ${values.length} times.` };
  }
  if (offered.includes(selected)) return null;
  if (selected.includes(',')) {
    return { id: 'subprotocol.several', message: `The server chose several subprotocols at once: ${quote(selected)}.` };
  }
  const twin = offered.find((name) => name.toLowerCase() === selected.toLowerCase());
  if (twin !== undefined) {
    return { id: 'subprotocol.case', message: `The server answered ${quote(selected)} where "${twin}" was offered.` };
  }
  const what = selected === '' ? 'an empty subprotocol' : quote(selected);
  return { id: 'subprotocol.not-offered', message: `The server chose ${what}; offered: ${offered.join(', ')}.` };
}
