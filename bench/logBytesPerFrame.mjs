import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bundleLogClient } from './logClient.mjs';

/** Bytes of memory for each of a million recorded messages of 64 bytes, payload included. */
export async function measure() {
  const client = await bundleLogClient();
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', client, 'memory']);
  const { bytesPerFrame, appendNs } = JSON.parse(stdout);
  process.stderr.write(`log.bytesPerFrame: append takes ${appendNs.toFixed(1)} ns a frame\n`);
  return bytesPerFrame;
}
