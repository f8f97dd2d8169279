import assert from 'node:assert/strict';
import { hasToken, headerValue, headerValues, listElements } from '../../../src/core/handshake/headers.js';
import { parseRequestHead } from '../../../src/core/handshake/requestHead.js';

describe('parseRequestHead', () => {
  const raw = 'GET /ws?x=1 HTTP/1.1\r\nX-Tenant: acme\r\nHost: a:80\r\nx-tenant:  \xe9 \r\nEmpty:\r\n\r\n';

  it('keeps order, case and doubles', () => {
    assert.deepEqual(parseRequestHead(raw), {
      httpVersion: '1.1',
      method: 'GET',
      target: '/ws?x=1',
      headers: [
        ['X-Tenant', 'acme'],
        ['Host', 'a:80'],
        ['x-tenant', 'é'],
        ['Empty', ''],
      ],
      raw,
    });
  });

  it('reads bytes as latin1 and leaves out what follows the head', () => {
    assert.deepEqual(parseRequestHead(Buffer.from(`${raw}\x81\x80`, 'latin1')), parseRequestHead(raw));
  });

  it('makes the best of what is no head', () => {
    assert.deepEqual(parseRequestHead(''), { httpVersion: '', method: '', target: '', headers: [], raw: '' });
    assert.deepEqual(parseRequestHead('GET\r\nx').headers, []);
  });
});

describe('header helpers', () => {
  const headers = [
    ['A', '1'],
    ['b', '2'],
    ['a', '3'],
  ] as const;

  it('find values without regard to case, in order', () => {
    assert.deepEqual(headerValues(headers, 'a'), ['1', '3']);
    assert.equal(headerValue(headers, 'A'), '1, 3');
    assert.deepEqual(headerValues(headers, 'c'), []);
    assert.equal(headerValue(headers, 'c'), null);
  });

  it('take lists apart', () => {
    assert.deepEqual(listElements(' a,, b ,c'), ['a', 'b', 'c']);
    assert.equal(hasToken('keep-alive, Upgrade', 'upgrade'), true);
    assert.equal(hasToken('keep-alive, Upgraded', 'upgrade'), false);
    assert.equal(hasToken('', 'upgrade'), false);
  });
});
