import { deepStrictEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TOOL_NAMES, TOOLS } from '../../../src/core/tools/definitions.js';
import {
  COMMAND_IDS,
  CONTEXT_KEYS,
  INSPECTOR_VIEW_TYPE,
  PROFILE_LANGUAGE,
  RECORDING_VIEW_TYPE,
  ROWS,
  SETTINGS,
  TASK_TYPE,
  TOOL_IDS,
  VIEWS,
} from '../../../src/host/contributions.js';

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly enablement?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command?: string; readonly when?: string }[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly customEditors: readonly { readonly viewType: string }[];
    readonly languageModelTools: readonly {
      readonly name: string;
      readonly modelDescription: string;
      readonly inputSchema: unknown;
    }[];
    readonly taskDefinitions: readonly { readonly type: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly { readonly completionEvents: readonly string[] }[] }[];
    readonly languages: readonly { readonly id: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
}

const { activationEvents, contributes } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
) as Manifest;
const { commands, menus, views, customEditors, languages, configuration } = contributes;
const entries = Object.values(menus).flat();

describe('what is contributed', () => {
  it('is every command, once, and no other', () => {
    deepStrictEqual(commands.map(({ command }) => command).toSorted(), [...COMMAND_IDS].toSorted());
    const known: readonly string[] = COMMAND_IDS;
    deepStrictEqual(
      entries.map(({ command }) => command ?? '').filter((id) => !known.includes(id)),
      [],
    );
  });

  it('is every view, language, editor and panel', () => {
    deepStrictEqual(
      Object.values(views).flatMap((group) => group.map(({ id }) => id)),
      Object.values(VIEWS),
    );
    deepStrictEqual(
      languages.map(({ id }) => id),
      [PROFILE_LANGUAGE],
    );
    deepStrictEqual(
      customEditors.map(({ viewType }) => viewType),
      [RECORDING_VIEW_TYPE],
    );
    deepStrictEqual(
      contributes.taskDefinitions.map(({ type }) => type),
      [TASK_TYPE],
    );
    ok(activationEvents.includes(`onWebviewPanel:${INSPECTOR_VIEW_TYPE}`));
  });

  it('is every tool of a language model, as it is offered over MCP', () => {
    deepStrictEqual(TOOL_IDS, TOOL_NAMES);
    deepStrictEqual(
      contributes.languageModelTools.map(({ name, modelDescription, inputSchema }) => ({
        name,
        description: modelDescription,
        inputSchema,
      })),
      Object.entries(TOOLS).map(([name, { description, inputSchema }]) => ({ name, description, inputSchema })),
    );
  });

  it('is every setting with its default', () => {
    deepStrictEqual(
      Object.fromEntries(Object.entries(configuration.properties).map(([name, { default: value }]) => [name, value])),
      Object.fromEntries(Object.entries(SETTINGS).map(([name, value]) => [`wsprobe.${name}`, value])),
    );
  });

  it('asks only about what is told, and about all of it', () => {
    const done = contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap((step) => step.completionEvents));
    const conditions = [
      ...commands.map(({ enablement }) => enablement),
      ...entries.map(({ when }) => when),
      ...done.flatMap((event) => /^onContext:(.+)$/.exec(event)?.[1] ?? []),
    ];
    const text = conditions.filter((condition) => condition !== undefined).join(' && ');
    const rows: readonly string[] = Object.values(ROWS);
    const asked = new Set(text.match(/(?<!view == |viewItem == |[\w.])wsprobe\.\w+/g));
    deepStrictEqual([...asked].toSorted(), Object.values(CONTEXT_KEYS).toSorted());
    deepStrictEqual(
      [...new Set([...text.matchAll(/viewItem == ([\w.]+)/g)].map(([, row = '']) => row))].toSorted(),
      rows.toSorted(),
    );
    const trees: readonly string[] = Object.values(VIEWS);
    for (const [, view = ''] of text.matchAll(/view == ([\w.]+)/g)) ok(trees.includes(view), view);
  });
});
