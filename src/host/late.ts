/** What few windows need: a bundle beside the extension's, read with the first use of any of it. */
export { explainCloseCode } from './closeCodes.js';
export { LanguageAnswers } from './language/answers.js';
export { runLab, runLabOn } from './lab/runLab.js';
export { newProfile, saveAsProfile } from './newProfile.js';
export { selectEnvironment } from './selectEnvironment.js';
export { runStepsOf } from './testing/stepSessions.js';
export { TestRuns } from './testing/testRuns.js';
