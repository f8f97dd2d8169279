import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import type { Report } from './core/base/model.js';
import { EngineClient } from './engine/client.js';
import type { ContractCommands } from './host/contract/contractCommands.js';
import type { AttachCommands } from './host/attach/attachCommands.js';
import type { TapCommands } from './host/tap/tapCommands.js';
import { DebugSessions } from './host/attach/debugSessions.js';
import { profileChecker } from './host/checkProfile.js';
import { registerCode } from './host/code/codeProviders.js';
import { type Command, registerCommand } from './host/commands.js';
import {
  type CommandId,
  INSPECTOR_VIEW_TYPE,
  PROFILE_LANGUAGE,
  RECORDING_VIEW_TYPE,
  TASK_TYPE,
  VIEWS,
} from './host/contributions.js';
import { DisposableStore } from './host/disposableStore.js';
import { Environments } from './host/environments.js';
import type { ProfileFixes, ProfileFixParts } from './host/fixes/profileFixes.js';
import { History, type HistoryEntry } from './host/history.js';
import type { PanelParts } from './host/inspector/panel.js';
import { InspectorPanels, type RememberedPanel } from './host/inspector/panels.js';
import { createInspectorActions } from './host/inspectorActions.js';
import { JsonFolder } from './host/jsonFolder.js';
import { ProfileCodeLens } from './host/language/codeLens.js';
import { ProfileDiagnostics } from './host/language/diagnostics.js';
import { registerLanguage } from './host/language/providers.js';
import { RunProblems } from './host/language/runProblems.js';
import { Log } from './host/log.js';
import type { PlaygroundControl } from './host/playground.js';
import { Preparer } from './host/prepare.js';
import { ProbeCommands } from './host/probeCommands.js';
import { Probes } from './host/probes.js';
import type { ProbeTarget } from './host/target/probeTarget.js';
import { ProfileIndex } from './host/profileIndex.js';
import { ProfileTexts } from './host/profileTexts.js';
import { RecentUrls } from './host/recentUrls.js';
import { Secrets } from './host/secrets.js';
import { tellOfDrop } from './host/sessions/dropNotice.js';
import { KeptLogs } from './host/sessions/keptLogs.js';
import { RecordingEditor } from './host/sessions/recordingEditor.js';
import { createSessionActions } from './host/sessions/sessionActions.js';
import type { ConnectedSession, SessionCommands } from './host/sessions/sessionCommands.js';
import { SessionStatusBar } from './host/sessions/sessionStatusBar.js';
import { Sessions } from './host/sessions/sessions.js';
import { setting } from './host/settings.js';
import { StatusBar } from './host/statusBar.js';
import { ProfileTests } from './host/testing/profileTests.js';
import type { EditorTools } from './host/tools/editorTools.js';
import { registerTools } from './host/tools/registerTools.js';
import { HistoryView } from './host/views/historyView.js';
import { ProfilesView } from './host/views/profilesView.js';
import { SessionsView } from './host/views/sessionsView.js';
import type { MockCommands } from './host/replay/mockCommands.js';
import type { WatchCommands } from './host/watch/watchCommands.js';
import { WatchList } from './host/watch/watchList.js';
import { PAYLOAD_SCHEME, VirtualDocuments } from './host/virtualDocuments.js';

/** What other extensions get. */
export interface WsprobeApi {
  readonly apiVersion: 1;
  /** Probes a URL, the URI of a `.wsprobe` file or a profile object; asks nothing, but whether a secret may go to a new host, and opens nothing. */
  probe(target: string | vscode.Uri | Readonly<Record<string, unknown>>): Promise<Report>;
  /** Opens a session to the same kinds of target; the commands `wsprobe.session.*` take its id. */
  connect(target: string | vscode.Uri | Readonly<Record<string, unknown>>): Promise<ConnectedSession>;
}

let engine: EngineClient | null = null;

const late = () => import('./host/late.js');

export function activate(context: vscode.ExtensionContext): WsprobeApi {
  const store = new DisposableStore();
  context.subscriptions.push(store);

  const log = store.add(new Log());
  const workerFile = vscode.Uri.joinPath(context.extensionUri, 'dist', 'engine', 'worker.mjs').fsPath;
  const client = new EngineClient({
    workerUrl: pathToFileURL(workerFile),
    log: (line) => log.warn(line),
  });
  engine = client;

  const secrets = new Secrets(context);
  const texts = store.add(new ProfileTexts(client));
  const environments = store.add(new Environments(context.workspaceState));
  const preparer = new Preparer({ engine: client, secrets, environments, log });
  const probes = store.add(new Probes(client, preparer, log));
  const storage = context.storageUri ?? context.globalStorageUri;
  const kept = new KeptLogs(storage);
  const keepAt = (sessionId: string) => kept.place(sessionId);
  const sessions = store.add(
    new Sessions({ engine: client, preparer, probes, log, keepAt, dropKept: (path) => kept.drop(path) }),
  );
  const history = store.add(new History(historyStorage(context), log));
  const index = store.add(new ProfileIndex());
  const documents = store.add(new VirtualDocuments());
  const actions = createInspectorActions(
    documents,
    client,
    secrets,
    (subject, kind) => void commands.runAgain(subject, kind),
    () => fixes(),
  );
  const copying = { preparer, engine: client };
  const recordings = async () => new (await late()).Recordings(sessions, context.globalStorageUri);
  const shown = store.add(new VirtualDocuments(PAYLOAD_SCHEME));
  const payloads = async () => new (await late()).Payloads(sessions, shown);
  const connect = async (subject: ProbeTarget) => (await sessionCommands()).connectSubject(subject);
  const sessionActions = createSessionActions({
    payloads,
    recordings,
    copying,
    log,
    connect,
    conversations: { sessions, secrets },
  });
  const parts: PanelParts = { probes, sessions, actions, sessionActions, extensionUri: context.extensionUri };
  const remembered = new JsonFolder<RememberedPanel>(vscode.Uri.joinPath(storage, 'panels').fsPath);
  const panels = store.add(new InspectorPanels(parts, { panels: remembered, kept }, history));
  const recent = new RecentUrls(context.workspaceState);
  const commands: ProbeCommands = new ProbeCommands({ probes, sessions, panels, history, index, recent, log });
  let ofSessions: Promise<SessionCommands> | null = null;
  const sessionCommands = () => {
    const given = { sessions, probes, panels, copying, recordings, index, recent };
    ofSessions ??= late().then(({ SessionCommands }) => new SessionCommands(given));
    return ofSessions;
  };
  const onSession =
    (act: Exclude<keyof SessionCommands, 'connectSubject'>): Command =>
    async (...args) => {
      const acts: { readonly [A in typeof act]: Command } = await sessionCommands();
      return acts[act](...args);
    };
  const handshake = (target: unknown, options: unknown) => commands.differential(target, options);
  const lab = { engine: client, preparer, documents, history, index, recent, handshake };
  const watched = store.add(new WatchList());
  let watching: Promise<WatchCommands> | null = null;
  let tools: Promise<EditorTools> | null = null;
  const watch = () => {
    const { extensionUri } = context;
    const parts = {
      engine: client,
      preparer,
      list: watched,
      documents,
      history,
      index,
      recent,
      log,
      storage,
      extensionUri,
      probes,
      panels,
    };
    watching ??= late().then(({ WatchCommands }) => store.add(new WatchCommands(parts)));
    return watching;
  };
  const replaying = {
    engine: client,
    preparer,
    documents,
    index,
    recent,
    recordings,
    storage: context.globalStorageUri,
  };
  let mocking: Promise<MockCommands> | null = null;
  const mock = () => {
    mocking ??= late().then(({ MockCommands }) => new MockCommands({ ...replaying, log }));
    return mocking;
  };
  const contract =
    (act: keyof ContractCommands): Command =>
    async (subject, path) => {
      const parts = { engine: client, sessions, storage: context.globalStorageUri };
      return new (await late()).ContractCommands(parts)[act](subject, path);
    };
  registerTools(store, async () => {
    tools ??= late().then(({ EditorTools }) => new EditorTools({ probes, sessions, preparer, index }));
    return tools;
  });
  const debugging = store.add(new DebugSessions());
  let attachCommands: Promise<AttachCommands> | null = null;
  const attaching =
    (act: Exclude<keyof AttachCommands, 'dispose'>): Command =>
    async (argument, options) => {
      const parts = { engine: client, sessions, log, debugging, panels, documents, secrets };
      attachCommands ??= late().then(({ AttachCommands }) => store.add(new AttachCommands(parts)));
      return (await attachCommands)[act](argument, options);
    };
  let tapCommands: Promise<TapCommands> | null = null;
  const tapping =
    (act: Exclude<keyof TapCommands, 'dispose'>): Command =>
    async (...args) => {
      const parts = { engine: client, sessions, log, preparer, panels, documents, index, recent };
      tapCommands ??= late().then(({ TapCommands }) => store.add(new TapCommands(parts)));
      const commands: { readonly [A in keyof TapCommands]: Command } = await tapCommands;
      return commands[act](...args);
    };
  let fixing: Promise<ProfileFixes> | null = null;
  const fixes = () => {
    const run: ProfileFixParts['run'] = (subject, { kind, ...more }) => commands.runAgain(subject, kind, more);
    fixing ??= late().then(({ ProfileFixes }) => new ProfileFixes({ engine: client, environments, documents, run }));
    return fixing;
  };
  let playgroundControl: Promise<PlaygroundControl> | null = null;
  const playground = () => {
    playgroundControl ??= late().then(({ PlaygroundControl }) =>
      store.add(new PlaygroundControl(client, context.globalStorageUri, log)),
    );
    return playgroundControl;
  };

  store.add(
    probes.onDidFinish((finished) => {
      const kept = history.add(finished.target, finished.report).then((id) => panels.remember(finished, id));
      kept.catch((error: unknown) => log.warn(`History: ${String(error)}`));
    }),
  );
  store.add(
    sessions.onDidChange((session) => {
      panels.rememberSession(session).catch((error: unknown) => log.warn(`Panels: ${String(error)}`));
    }),
  );
  store.add(
    sessions.onDidEnd(({ report, subject }) => {
      history.add(subject, report, 'session').catch((error: unknown) => log.warn(`History: ${String(error)}`));
    }),
  );
  store.add(
    sessions.onDidDrop((session) => {
      const subject = sessions.subjectOf(session);
      const isVisible = () => panels.isVisible(subject);
      const show = () => panels.open(subject, { preserveFocus: false });
      const reconnect = () =>
        void vscode.commands.executeCommand('wsprobe.session.reconnect' satisfies CommandId, session);
      const warn = (text: string, ...items: readonly string[]) => vscode.window.showWarningMessage(text, ...items);
      void tellOfDrop(session, { warn, isVisible, show, reconnect }, log);
    }),
  );
  const tidy = Promise.all([history.load(), panels.sweep()]);
  tidy.catch((error: unknown) => log.warn(`Storage: ${String(error)}`));
  store.add(vscode.window.registerWebviewPanelSerializer(INSPECTOR_VIEW_TYPE, panels));
  store.add(vscode.window.registerCustomEditorProvider(RECORDING_VIEW_TYPE, new RecordingEditor(parts)));
  store.add(new StatusBar(probes));
  store.add(new SessionStatusBar(sessions));
  const check = profileChecker(client, environments, secrets);
  store.add(new ProfileDiagnostics({ check, environments, secrets, texts, log }));
  store.add(registerLanguage({ engine: client, secrets, environments, history }));
  store.add(registerCode());
  store.add(new RunProblems(probes, index));
  const stepSessions = { sessions, probes, panels, recent };
  const tasks = async () => new (await late()).ProfileTasks({ index, probes, check });
  const taskProvider: vscode.TaskProvider = {
    provideTasks: async () => (await tasks()).provideTasks(),
    resolveTask: async (task) => (await tasks()).resolveTask(task),
  };
  store.add(vscode.tasks.registerTaskProvider(TASK_TYPE, taskProvider));
  store.add(new ProfileTests({ engine: client, index, probes, check, stepSessions }));
  const lenses = store.add(
    new ProfileCodeLens({ engine: client, probes, sessions, history, environments, texts, watched }),
  );
  store.add(vscode.languages.registerCodeLensProvider({ language: PROFILE_LANGUAGE }, lenses));

  const live = store.add(new SessionsView(probes, sessions, watched));
  const profiles = store.add(new ProfilesView(index, history, environments, watched, texts));
  const reports = store.add(new HistoryView(history));
  const tree = store.add(vscode.window.createTreeView(VIEWS.sessions, { treeDataProvider: live }));
  store.add(live.onDidChangeTreeData(() => (tree.badge = live.badge)));
  store.add(vscode.window.registerTreeDataProvider(VIEWS.profiles, profiles));
  store.add(vscode.window.registerTreeDataProvider(VIEWS.history, reports));

  const comparing = { history, documents, watch };
  const openEntry = async (entry: HistoryEntry) =>
    entry.experiment || entry.kind === 'watch'
      ? (await late()).openRecord(comparing, entry)
      : commands.openEntry(entry);
  const all: Readonly<Record<CommandId, Command>> = {
    'wsprobe.probe': (target, options) => commands.probe(target, options),
    'wsprobe.connect': onSession('connect'),
    'wsprobe.session.send': onSession('send'),
    'wsprobe.session.resend': onSession('resend'),
    'wsprobe.session.ping': onSession('ping'),
    'wsprobe.session.close': onSession('close'),
    'wsprobe.session.reconnect': onSession('reconnect'),
    'wsprobe.session.export': onSession('export'),
    'wsprobe.session.forget': onSession('forget'),
    'wsprobe.copyAs': onSession('copyAs'),
    'wsprobe.lab.run': async (name, target, options) => (await late()).runLab(lab, name, target, options),
    'wsprobe.watch.start': async (target) => (await watch()).start(target),
    'wsprobe.watch.stop': async (target) => (await watch()).stop(target),
    'wsprobe.watch.open': async (target) => (await watch()).open(target),
    'wsprobe.attach.start': attaching('start'),
    'wsprobe.attach.browser': attaching('browser'),
    'wsprobe.attach.stop': attaching('stop'),
    'wsprobe.attach.reload': attaching('reload'),
    'wsprobe.attach.probe': attaching('probe'),
    'wsprobe.attach.explain': attaching('explain'),
    'wsprobe.tap.start': tapping('start'),
    'wsprobe.tap.stop': tapping('stop'),
    'wsprobe.tap.fault': tapping('fault'),
    'wsprobe.tap.endFault': tapping('endFault'),
    'wsprobe.tap.inject': tapping('inject'),
    'wsprobe.tap.hold': tapping('hold'),
    'wsprobe.tap.release': tapping('release'),
    'wsprobe.tap.copyAddress': tapping('copyAddress'),
    'wsprobe.tap.forgetAuthority': tapping('forgetAuthority'),
    'wsprobe.profile.tap': tapping('startProfile'),
    'wsprobe.recording.import': async (har) => (await late()).importHar(sessions, har),
    'wsprobe.convert': async (source, options) =>
      (await late()).convertFile({ engine: client, secrets }, source, options),
    'wsprobe.replay': async (recording, target, options) =>
      (await late()).runReplay(replaying, recording, target, options),
    'wsprobe.mock.start': async (subject, options) => (await mock()).start(subject, options),
    'wsprobe.mock.stop': async (url) => (await mock()).stop(url),
    'wsprobe.contract.learn': contract('learn'),
    'wsprobe.contract.check': contract('check'),
    'wsprobe.contract.export': contract('export'),
    'wsprobe.applyFix': async (target, options) =>
      (await late()).applyFix({ fixes: await fixes(), probes, panels, history }, target, options),
    'wsprobe.runAll': async (chosen) => (await late()).runAll({ probes, index, panels, log }, chosen),
    'wsprobe.newProfile': async (url) => (await late()).newProfile(client, secrets, url),
    'wsprobe.openInspector': (target) => commands.openInspector(target),
    'wsprobe.explainCloseCode': async (code, options) => (await late()).explainCloseCode(documents, code, options),
    'wsprobe.setSecret': async (name, value) => (await late()).setSecret(secrets, name, value),
    'wsprobe.forgetSecret': async (name) => (await late()).forgetSecret(secrets, name),
    'wsprobe.selectEnvironment': async (uri, name) =>
      (await late()).selectEnvironment(environments, index, texts, uri, name),
    'wsprobe.playground.start': async (options) => (await playground()).start(options),
    'wsprobe.playground.stop': async () => (await playground()).stop(),
    'wsprobe.profile.probe': (uri, selection) => commands.probeProfiles(uri, selection),
    'wsprobe.profile.connect': onSession('connectProfiles'),
    'wsprobe.profile.runSteps': async (uri, to) => (await late()).runStepsOf(stepSessions, uri, to),
    'wsprobe.profile.experiment': async (uri) => (await late()).runLabOn(lab, uri),
    'wsprobe.profile.watch': async (uri, selection) => (await watch()).startProfiles(uri, selection),
    'wsprobe.profile.unwatch': async (uri) => (await watch()).stop(uri),
    'wsprobe.profile.open': (uri) => vscode.commands.executeCommand('vscode.open', uri),
    'wsprobe.profiles.refresh': () => index.refresh(),
    'wsprobe.running.cancel': (target) => commands.cancel(target),
    'wsprobe.compare': async (subject, options) => (await late()).compare(comparing, subject, options),
    'wsprobe.history.find': async () => {
      const entry = await (await late()).findEntry(comparing);
      if (entry) await openEntry(entry);
    },
    'wsprobe.history.open': (entry) => openEntry(history.pick(entry)),
    'wsprobe.history.runAgain': (entry) => commands.runEntry(history.pick(entry)),
    'wsprobe.history.delete': (entry) => history.delete(history.pick(entry).id),
    'wsprobe.history.clear': () => history.clear(),
    'wsprobe.walkthrough.failure': async () => (await late()).showFailure(),
    'wsprobe.walkthrough.talk': async () => (await late()).talk(),
    'wsprobe.walkthrough.test': async () => (await late()).makeTest(),
  };
  for (const [id, command] of Object.entries(all)) store.add(registerCommand(id as CommandId, command, log));

  return {
    apiVersion: 1,
    probe: (target) => commands.runSilently(target),
    connect: async (target) => (await sessionCommands()).connectSilently(target),
  };
}

export async function deactivate(): Promise<void> {
  await engine?.dispose();
  engine = null;
}

function historyStorage(context: vscode.ExtensionContext) {
  const state = context.storageUri ? context.workspaceState : context.globalState;
  const folder = context.storageUri ?? context.globalStorageUri;
  const limit = () => setting('history.limit');
  return { state, folder, limit };
}
