import type { Report } from '../base/model.js';
import { plainText } from '../base/plainText.js';
import type { Problem } from '../profile/profile.js';
import { formatDuration } from '../text/durations.js';
import { exitCodeOf } from '../text/exitCode.js';
import { failureLines, problemLine, type ProblemLine } from '../text/problemLines.js';
import type { ProfileTask } from './taskDefinition.js';

/** What a task does of the world. */
export interface TaskWorld {
  /** One probe; `isLast` tells of its report whether it is what came of the task. */
  readonly probe: (isLast: (report: Report) => boolean) => Promise<Report>;
  /** What is wrong with the profile's text. */
  readonly problems: () => Promise<readonly Problem[]>;
  /** What a person reads of an error. */
  readonly tell: (error: unknown) => {
    readonly code: string | null;
    readonly message: string;
    readonly hint: string | null;
  };
  readonly print: (line: string) => void;
  readonly now: () => number;
  /** Resolves early, with false, when the task is ended. */
  readonly pause: (ms: number) => Promise<boolean>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2000;

/**
 * Runs a task to the exit code of the command line; what waits for healthy has no use for degraded. While it waits it
 * prints no error: the matcher would stop what is to be launched after it.
 */
export async function runTask(task: ProfileTask, world: TaskWorld): Promise<number> {
  const deadline = world.now() + (task.waitMs ?? 0);
  try {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const isLast = (each: Report) => isFinal(each) || world.now() >= deadline;
      let last = false;
      const report = await world.probe((each) => (last = isLast(each)));
      world.print(verdictLine(report));
      if (last || isLast(report)) return finish(task, report, world);
      if (!(await world.pause(Math.min(pauseMs, deadline - world.now())))) return 130;
    }
  } catch (error) {
    return refuse(task, error, world);
  }
}

/** What another probe would not change: it is healthy, the profile cannot be used, or a person has cancelled. */
function isFinal({ verdict, error }: Report): boolean {
  return verdict === 'healthy' || error?.code === 'cancelled' || error?.code.startsWith('profile.') === true;
}

function verdictLine({ name, verdict, durationMs, findings: [headline] }: Report): string {
  const why = verdict === 'healthy' || !headline ? '' : `: ${headline.title}`;
  return plainText(`${name} is ${verdict} after ${formatDuration(durationMs)}${why}`, 1000);
}

function finish({ profile, waitMs }: ProfileTask, report: Report, { print }: TaskWorld): number {
  for (const line of failureLines(report)) print(problemLine(profile, line));
  return exitCodeOf(report, { strict: waitMs !== null });
}

/** A profile that cannot run says so at the places that are wrong. */
async function refuse({ profile }: ProfileTask, error: unknown, { print, problems, tell }: TaskWorld): Promise<number> {
  const { code, message, hint } = tell(error);
  const found = code === 'profile.invalid' ? await problems() : [];
  const lines = found.filter(({ severity }) => severity === 'error').map(lineOf);
  const whole: ProblemLine = {
    line: 1,
    column: 1,
    severity: 'error',
    message: hint ? `${message} ${hint}` : message,
    code: code ?? 'internal',
  };
  for (const line of lines.length > 0 ? lines : [whole]) print(problemLine(profile, line));
  return 2;
}

function lineOf({ line, character, severity, message, code }: Problem): ProblemLine {
  return { line: line + 1, column: character + 1, severity, message, code };
}
