import * as vscode from 'vscode';
import { CONTEXT_KEYS, type ContextKey, SETTINGS, type SettingName } from './contributions.js';

type Value<N extends SettingName> = (typeof SETTINGS)[N];

/** The value of a setting of ours; its default where somebody wrote what is no such value. */
export function setting<N extends SettingName>(name: N): Value<N> {
  const given = vscode.workspace.getConfiguration('wsprobe').get<unknown>(name);
  const fallback = SETTINGS[name];
  const fits = typeof given === typeof fallback && (typeof given !== 'number' || given >= 0);
  return fits ? (given as Value<N>) : fallback;
}

/** Tells the conditions of commands and menus what is so now. */
export function setContext(key: ContextKey, value: boolean): Thenable<unknown> {
  return vscode.commands.executeCommand('setContext', CONTEXT_KEYS[key], value);
}
