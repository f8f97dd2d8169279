import { REPORTER_NAMES } from '../optionTable.js';
import { githubReporter } from './github.js';
import { htmlReporter } from './html/reporter.js';
import { jsonReporter } from './json.js';
import { junitReporter } from './junit.js';
import type { CreateReporter } from './reporter.js';
import { tapReporter } from './tap.js';
import { textReporter } from './text.js';

export type ReporterName = (typeof REPORTER_NAMES)[number];

/** Every way to tell a run. */
export const REPORTERS: Readonly<Record<ReporterName, CreateReporter>> = {
  text: textReporter,
  json: jsonReporter,
  junit: junitReporter,
  tap: tapReporter,
  github: githubReporter,
  html: htmlReporter,
};

export function isReporterName(name: string): name is ReporterName {
  return REPORTER_NAMES.some((known) => known === name);
}
