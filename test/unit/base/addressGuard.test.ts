import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseAddress } from '../../../src/core/base/address.js';
import { isGuardedAddress } from '../../../src/core/base/addressGuard.js';

describe('address guard', () => {
  const guarded = [
    '169.254.169.254',
    '169.254.0.1',
    '100.100.100.200',
    '0.0.0.0',
    '0.1.2.3',
    '::',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::169.254.169.254',
    '::ffff:0:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '::ffff:0.0.0.0',
    '::ffff:100.100.100.200',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'FD00:EC2::254',
    'fd00:0ec2:0:0:0:0:0:254',
    'fd20:ce::254',
    'fd00:ec2::23',
    '168.63.129.16',
    '192.0.0.192',
    '::ffff:168.63.129.16',
    '64:ff9b::c000:c0',
  ];
  for (const address of guarded) {
    it(`refuses ${address}`, () => assert.equal(isGuardedAddress(address), true));
  }

  const allowed = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '192.168.1.1', '172.16.0.1', '8.8.8.8'];
  for (const address of [
    ...allowed,
    '100.100.100.201',
    '169.253.255.255',
    'fec0::1',
    'fd00:ec2::253',
    'fd12::1',
    'no address',
  ]) {
    it(`lets ${address} pass`, () => assert.equal(isGuardedAddress(address), false));
  }

  it('reads every spelling of an IPv6 address alike', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
        const long = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
        const short = new URL(`http://[${long}]/`).hostname.slice(1, -1);
        const dotted = `${groups
          .slice(0, 6)
          .map((group) => group.toString(16))
          .join(':')}:${bytes.subarray(12).join('.')}`;
        for (const text of [long, short, dotted, long.toUpperCase()]) assert.deepEqual(parseAddress(text), bytes, text);
      }),
    );
  });
});
