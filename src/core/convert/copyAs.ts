import type { ProbePlan } from '../base/plan.js';
import { Redactor } from '../redaction/redactor.js';
import { curlCommand } from './copyAs/curl.js';
import { copiedMessage, type CopiedMessage, type MessageToCopy } from './copyAs/message.js';
import { nodeScript } from './copyAs/nodeScript.js';
import { copiedRequest, type CopiedRequest } from './copyAs/request.js';
import { websocatCommand } from './copyAs/websocat.js';
import { SHELLS, type ShellName } from './copyAs/shells.js';
import { SecretNames } from './copyAs/words.js';
import { wscatCommand } from './copyAs/wscat.js';

export type { ShellName } from './copyAs/shells.js';

export interface CopyOptions {
  readonly message?: MessageToCopy;
  /** Sent after it, by a script. */
  readonly further?: readonly MessageToCopy[];
  /** The profile's secrets by their names, so that variables are called as the profile calls them. */
  readonly secrets?: Readonly<Record<string, string | undefined>>;
  /** Values that come from environment variables of their own, by the names of these. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whom curl and wscat commands are written for; POSIX shells unless told. */
  readonly shell?: ShellName;
}

export interface CopiedCommand {
  readonly text: string;
  /** Environment variables that the command takes its secrets from. */
  readonly environment: readonly string[];
  /** What the tool cannot do or the person has to know, a sentence each. */
  readonly notes: readonly string[];
}

export type CopyTool = 'curl' | 'websocat' | 'wscat' | 'node';

export type Write = (
  plan: ProbePlan,
  request: CopiedRequest,
  message: CopiedMessage | null,
  notes: string[],
  further: readonly CopiedMessage[],
) => string;

/**
 * The opening handshake as a curl command: an HTTP request that asks for the upgrade, which works in
 * every version (curl speaks ws:// itself only when it was built so). Secrets are environment variables `WSPROBE_SECRET_…`, never values.
 */
export function toCurl(plan: ProbePlan, options: CopyOptions = {}): CopiedCommand {
  return copy(plan, options, (checked, request, _message, notes) => {
    return curlCommand(SHELLS[options.shell ?? 'posix'], checked, request, notes);
  });
}

/** A websocat 1.x command for POSIX shells; the message comes through its standard input. */
export function toWebsocat(plan: ProbePlan, options: CopyOptions = {}): CopiedCommand {
  return copy(plan, options, (checked, request, message, notes, further) => {
    const { shell = 'posix' } = options;
    if (shell !== 'posix') notes.push('The command is for a POSIX shell: on Windows that of Git or of WSL.');
    return websocatCommand(checked, request, message, notes, further);
  });
}

/** A wscat command. */
export function toWscat(plan: ProbePlan, options: CopyOptions = {}): CopiedCommand {
  return copy(plan, options, (checked, request, message, notes, further) =>
    wscatCommand(SHELLS[options.shell ?? 'posix'], checked, request, message, notes, further),
  );
}

/** A module for Node that connects with `ws`, sends the message and prints what comes. */
export function toNode(plan: ProbePlan, options: CopyOptions = {}): CopiedCommand {
  return copy(plan, options, nodeScript);
}

/** The command of a tool by its name. */
export function copyAs(tool: CopyTool, plan: ProbePlan, options: CopyOptions = {}): CopiedCommand {
  return { curl: toCurl, node: toNode, websocat: toWebsocat, wscat: toWscat }[tool](plan, options);
}

/** What `write` makes of a plan, its secrets by name. */
export function copy(plan: ProbePlan, options: CopyOptions, write: Write): CopiedCommand {
  const known = Object.values(options.secrets ?? {}).filter((value) => value !== undefined);
  const secrets = [...plan.secrets, ...known];
  const names = new SecretNames(options.secrets ?? {}, secrets, options.environment);
  const notes: string[] = [];
  const request = copiedRequest(plan, names);
  const copied = (toSend: MessageToCopy) => copiedMessage(toSend, names, secrets, notes);
  const message = options.message ? copied(options.message) : null;
  const text = write(plan, request, message, notes, (options.further ?? []).map(copied));
  if (plan.http === '2') notes.push('HTTP/2 is left out: the command opens the WebSocket over HTTP/1.1.');
  return {
    // The last door: a secret in an encoding of its own has no name above.
    text: new Redactor(secrets).text(text),
    environment: names.used,
    notes: [...request.notes, ...notes],
  };
}
