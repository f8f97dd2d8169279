import type { ToolName } from '../core/tools/definitions.js';

/** Every command id of this version; `wsprobe.profile.*`, `.history.*`, `.running.*` belong to menus only. */
export const COMMAND_IDS = [
  'wsprobe.probe',
  'wsprobe.connect',
  'wsprobe.newProfile',
  'wsprobe.openInspector',
  'wsprobe.explainCloseCode',
  'wsprobe.setSecret',
  'wsprobe.forgetSecret',
  'wsprobe.selectEnvironment',
  'wsprobe.session.send',
  'wsprobe.session.resend',
  'wsprobe.session.ping',
  'wsprobe.session.close',
  'wsprobe.session.reconnect',
  'wsprobe.session.export',
  'wsprobe.session.forget',
  'wsprobe.copyAs',
  'wsprobe.lab.run',
  'wsprobe.watch.start',
  'wsprobe.watch.stop',
  'wsprobe.watch.open',
  'wsprobe.attach.start',
  'wsprobe.attach.browser',
  'wsprobe.attach.stop',
  'wsprobe.attach.reload',
  'wsprobe.attach.probe',
  'wsprobe.attach.explain',
  'wsprobe.tap.start',
  'wsprobe.tap.stop',
  'wsprobe.tap.fault',
  'wsprobe.tap.endFault',
  'wsprobe.tap.inject',
  'wsprobe.tap.hold',
  'wsprobe.tap.release',
  'wsprobe.tap.copyAddress',
  'wsprobe.tap.forgetAuthority',
  'wsprobe.recording.import',
  'wsprobe.convert',
  'wsprobe.replay',
  'wsprobe.mock.start',
  'wsprobe.mock.stop',
  'wsprobe.contract.learn',
  'wsprobe.contract.check',
  'wsprobe.contract.export',
  'wsprobe.playground.start',
  'wsprobe.playground.stop',
  'wsprobe.applyFix',
  'wsprobe.runAll',
  'wsprobe.profile.probe',
  'wsprobe.profile.connect',
  'wsprobe.profile.runSteps',
  'wsprobe.profile.experiment',
  'wsprobe.profile.watch',
  'wsprobe.profile.unwatch',
  'wsprobe.profile.tap',
  'wsprobe.profile.open',
  'wsprobe.profiles.refresh',
  'wsprobe.running.cancel',
  'wsprobe.compare',
  'wsprobe.history.find',
  'wsprobe.history.open',
  'wsprobe.history.runAgain',
  'wsprobe.history.delete',
  'wsprobe.history.clear',
  'wsprobe.walkthrough.failure',
  'wsprobe.walkthrough.talk',
  'wsprobe.walkthrough.test',
] as const;
export type CommandId = (typeof COMMAND_IDS)[number];

/** What a language model may call; `core/tools` has all else about them. */
export const TOOL_IDS = [
  'wsprobe_probe',
  'wsprobe_connect',
  'wsprobe_send',
  'wsprobe_read_frames',
  'wsprobe_close',
  'wsprobe_explain_close',
  'wsprobe_find_cure',
] as const satisfies readonly ToolName[];

/** The trees of the side bar. */
export const VIEWS = {
  sessions: 'wsprobe.sessions',
  profiles: 'wsprobe.profiles',
  history: 'wsprobe.history',
} as const;

/** What the conditions of commands and menus may ask about the window. */
export const CONTEXT_KEYS = {
  probeRunning: 'wsprobe.probeRunning',
  sessionOpen: 'wsprobe.sessionOpen',
  hasSession: 'wsprobe.hasSession',
  playgroundRunning: 'wsprobe.playgroundRunning',
  watching: 'wsprobe.watching',
  mockRunning: 'wsprobe.mockRunning',
  attached: 'wsprobe.attached',
  tapping: 'wsprobe.tapping',
  fixUsed: 'wsprobe.fixUsed',
} as const;
export type ContextKey = keyof typeof CONTEXT_KEYS;

/** What a row of a tree is, for its menus. */
export const ROWS = {
  running: 'wsprobe.running',
  liveSession: 'wsprobe.session.live',
  endedSession: 'wsprobe.session.ended',
  observing: 'wsprobe.observing',
  tapping: 'wsprobe.observing.tap',
  observedEnded: 'wsprobe.observing.ended',
  observed: 'wsprobe.observed',
  tapped: 'wsprobe.observed.tap',
  tappedEnded: 'wsprobe.observed.tap.ended',
  profile: 'wsprobe.profile',
  watchedProfile: 'wsprobe.profile.watched',
  profileFolder: 'wsprobe.folder',
  watched: 'wsprobe.watched',
  report: 'wsprobe.report',
  record: 'wsprobe.record',
} as const;

/** Language of profiles, type of their tasks, their tests, editor of recordings, panel of the inspector. */
export const PROFILE_LANGUAGE = 'wsprobe';
export const TASK_TYPE = 'wsprobe';
export const TEST_CONTROLLER = 'wsprobe.tests';
export const RECORDING_VIEW_TYPE = 'wsprobe.recording';
export const INSPECTOR_VIEW_TYPE = 'wsprobe.inspector';

/** Of code: those whose files bring the extension in, then those that are read where it is there already. */
export const CODE_LANGUAGES: readonly string[] = [
  'javascript',
  'typescript',
  'javascriptreact',
  'typescriptreact',
  'python',
  'go',
  'java',
  'csharp',
  'rust',
  'php',
  'ruby',
  'dart',
  'kotlin',
  'swift',
  'elixir',
  'vue',
  'svelte',
  'html',
  'http',
  'shellscript',
  'yaml',
  'json',
  'jsonc',
  'dotenv',
  'properties',
  'markdown',
  'plaintext',
];

/** The settings below `wsprobe.` with their defaults. */
export const SETTINGS = {
  'history.limit': 50 as number,
  'playground.port': 4480 as number,
  'session.memoryMB': 64 as number,
  'session.diskMB': 1024 as number,
  'session.keepLog': true as boolean,
  'codeLens.urls': false as boolean,
  allowLinkLocal: false as boolean,
} as const;
export type SettingName = keyof typeof SETTINGS;
