/** What few windows need: a bundle beside the extension's, read with the first use of any of it. */
export { AttachCommands } from './attach/attachCommands.js';
export { askTarget, askUrl } from './askTarget.js';
export { explainCloseCode } from './closeCodes.js';
export { applyFix } from './fixes/applyFix.js';
export { ProfileFixes } from './fixes/profileFixes.js';
export { LanguageAnswers } from './language/answers.js';
export { runLab, runLabOn } from './lab/runLab.js';
export { MockCommands } from './replay/mockCommands.js';
export { newProfile, saveAsProfile } from './newProfile.js';
export { runReplay } from './replay/runReplay.js';
export { selectEnvironment } from './selectEnvironment.js';
export { importHar } from './sessions/importHar.js';
export { runStepsOf } from './testing/stepSessions.js';
export { WatchCommands } from './watch/watchCommands.js';
export { EditorTools } from './tools/editorTools.js';
export { TestRuns } from './testing/testRuns.js';
