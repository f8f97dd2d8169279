import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../usage.js';
import { plainJson } from '../render/plainReport.js';
import type { RunItem } from '../run/item.js';
import type { Reporter } from './reporter.js';
import { fileStream } from './streams.js';

const MAX_NAME = 120;

/** Each report as a file of its own, named after its profile, environment and turn. */
export async function reportFolder(folder: string): Promise<Reporter> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw fileError(`make the folder ${folder}`, error);
  });
  const taken = new Map<string, number>();
  let repeat = 1;
  return {
    begin: async (head) => {
      repeat = head.repeat;
    },
    async result({ item, report }) {
      const name = free(nameOf(item, repeat), taken);
      if (report === undefined) return;
      const file = await fileStream(join(folder, `${name}.json`));
      try {
        await file.write(`${plainJson(report, 2)}\n`);
      } finally {
        await file.close();
      }
    },
    end: async () => {},
  };
}

function nameOf({ environment, iteration, label }: RunItem, repeat: number): string {
  const parts = [
    label.replace(/\.wsprobe$/, ''),
    ...(environment === null ? [] : [environment]),
    ...(repeat > 1 ? [String(iteration)] : []),
  ];
  const name = parts.map((part) => part.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '')).join('.');
  return name.slice(-MAX_NAME).replace(/^[-.]+/, '') || 'report';
}

/** Names that differ in case alone are one file on many systems. */
function free(name: string, taken: Map<string, number>): string {
  const key = name.toLowerCase();
  const count = (taken.get(key) ?? 0) + 1;
  taken.set(key, count);
  return count === 1 ? name : free(`${name}-${count}`, taken);
}
