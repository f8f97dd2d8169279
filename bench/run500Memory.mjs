import { measured } from './run500.mjs';

/** The most memory that `wsprobe run` took with its 500 profiles, in any round. */
export async function measure() {
  const { memoryMB } = await measured();
  return Math.max(...memoryMB);
}
