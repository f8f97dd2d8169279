/** All that an editor asks of the text of a profile. */
export { complete, type Completion, type Known } from './complete.js';
export { quickFixes, type QuickFix } from './fixes.js';
export { hover, type HoverContext } from './hover.js';
export { fileLinks } from './links.js';
export { type Edit, references, renamable, rename } from './rename.js';
export { jsonPathsOf } from './seen.js';
export { type TestNode, testNodes, type TestOutcome, testOutcomes } from './tests.js';
export { type ProfileTask, readTask } from './taskDefinition.js';
export { runTask } from './taskRun.js';
