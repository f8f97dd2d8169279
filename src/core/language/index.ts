/** All that an editor asks of the text of a profile, in the worker. */
export { changeProfile } from './change.js';
export { complete } from './complete.js';
export { quickFixes } from './fixes.js';
export { hover } from './hover.js';
export { fileLinks } from './links.js';
export { references, renamable, rename } from './rename.js';
export { seenIn } from './seenIn.js';
export { testNodes } from './tests.js';
