import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from '../../scripts/extensionParts.mjs';
import type { BundleOutput } from '../../scripts/notices.mjs';
import { repositoryRoot } from '../host/paths.js';

export type BundleOutputs = Readonly<Record<string, BundleOutput & Output>>;

/** What the last build wrote, by path, with the files that each bundle holds. */
export function bundleOutputs(): BundleOutputs {
  return JSON.parse(readFileSync(join(repositoryRoot, 'out/meta.json'), 'utf8')) as BundleOutputs;
}

/** The packages of which the bundles hold code, as `name version`, in order. */
export function bundledPackages(outputs: BundleOutputs): readonly string[] {
  const packages = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const [folder] = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file) ?? [null];
      if (folder === null || bytesInOutput === 0) continue;
      const { name, version } = manifest(join(repositoryRoot, folder));
      packages.add(`${name} ${version}`);
    }
  }
  return [...packages].sort();
}

/** The packages that third-party notices name, as `name version`, in order; each with terms that follow. */
export function noticedPackages(text: string): readonly string[] {
  const [, ...notices] = text.split(`\n${'='.repeat(80)}\n`);
  return notices.map((notice) => {
    const [title = '', ...terms] = notice.trim().split('\n');
    if (!/copyright/i.test(terms.join('\n'))) throw new Error(`no terms follow ${title}`);
    return title.replace(/ \([^)]*\)$/, '');
  });
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly main?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

export function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
