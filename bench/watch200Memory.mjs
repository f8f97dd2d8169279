import { measured } from './watch200.mjs';

/** The most memory that `wsprobe watch` took with its 200 profiles. */
export async function measure() {
  const { memoryMB } = await measured();
  return memoryMB;
}
