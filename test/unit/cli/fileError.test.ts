import assert from 'node:assert/strict';
import { fileError } from '../../../src/cli/usage.js';

describe('a file that cannot be had', () => {
  const told = (code: string) => fileError('keep a history in h', Object.assign(new Error(code), { code })).message;

  it('is told by its code, what is common in words too', () => {
    assert.equal(told('ENOENT'), 'cannot keep a history in h (ENOENT)');
    assert.equal(told('EISDIR'), 'cannot keep a history in h (it is a folder, EISDIR)');
    assert.equal(told('NOT_REGULAR'), 'cannot keep a history in h (no regular file)');
    assert.equal(told('ENOSPC'), 'cannot keep a history in h (the disk is full, ENOSPC)');
  });
});
