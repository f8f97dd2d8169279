import { type JsonNode, memberOf } from './jsonc.js';
import { quote, type Report } from './problems.js';

/** Rules that look at a value as a whole; they run when its shape is right. */

export function checkTls(node: JsonNode, report: Report): void {
  const [cert, key, pfx, passphrase] = ['cert', 'key', 'pfx', 'passphrase'].map((name) => memberOf(node, name));
  if (cert && !key) report('conflict', cert.key, '`tls.cert` needs `tls.key` (the same file may hold both).');
  if (key && !cert) report('conflict', key.key, '`tls.key` needs `tls.cert` (the same file may hold both).');
  if (pfx && cert)
    report('conflict', pfx.key, '`tls.pfx` already holds a certificate: leave out `tls.cert` and `tls.key`.');
  if (passphrase && !key && !pfx) {
    report('conflict', passphrase.key, '`tls.passphrase` opens `tls.key` or `tls.pfx`, and there is neither.');
  }
}

export function checkBudget(node: JsonNode, report: Report, where: string): void {
  const degraded = memberOf(node, 'degradedMs')?.value;
  const down = memberOf(node, 'downMs');
  if (degraded?.type === 'number' && down?.value.type === 'number' && down.value.value < degraded.value) {
    report('invalid-value', down.value, `${quote(`${where}.downMs`)} must not be below \`degradedMs\`.`);
  }
}

export function checkMessage(node: JsonNode, report: Report, where: string): void {
  const expect = memberOf(node, 'expect');
  const echo = expect?.value.type === 'string' && expect.value.value === 'echo';
  if (expect && echo && !memberOf(node, 'send')) {
    report('conflict', expect.value, `${quote(where)} expects an echo but sends nothing: add \`send\`.`);
  }
}

/** RFC 6455 7.4.1: reserved, or what stands for a Close frame that never came. */
const NOT_SENT: ReadonlySet<number> = new Set([1004, 1005, 1006]);

/** RFC 6455 7.4: what may stand in a Close frame. */
export function checkCloseCodes(node: JsonNode, report: Report, where: string): void {
  if (node.type === 'number' && (NOT_SENT.has(node.value) || (node.value > 1014 && node.value < 3000))) {
    report(
      'out-of-range',
      node,
      `${quote(where)} must be 1000-1003, 1007-1014 or 3000-4999: no other goes over the wire.`,
    );
  }
}

export function checkOrigin(node: JsonNode, report: Report, where: string): void {
  if (node.type !== 'string' || node.open || node.value === 'null') return;
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/i.test(node.value)) {
    const shape = 'scheme://host[:port] with no path, as browsers send it';
    report('unusual-origin', node, `${quote(where)} is sent as it is, but an origin is ${shape}.`, 'warning');
  }
}

export function checkCount(node: JsonNode, report: Report, where: string): void {
  const min = memberOf(node, 'min');
  const max = memberOf(node, 'max');
  if (!min && !max) {
    const start = { offset: node.offset, length: 1 };
    report('missing-key', start, `${quote(where)} needs \`min\`, \`max\` or both.`);
  } else if (min?.value.type === 'number' && max?.value.type === 'number' && max.value.value < min.value.value) {
    report('invalid-value', max.value, `${quote(`${where}.max`)} must not be below \`min\`.`);
  }
}
