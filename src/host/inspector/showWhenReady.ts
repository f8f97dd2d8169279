import type { RecentUrls } from '../recentUrls.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import type { InspectorPanels } from './panels.js';

export interface ShowParts {
  readonly panels: InspectorPanels;
  readonly recent: RecentUrls;
}

/** Starts something for a person who watches: the inspector opens once it is ready, and shows what goes wrong from then on. */
export async function showWhenReady<T>(
  subject: ProbeTarget,
  { panels, recent }: ShowParts,
  start: (onReady: () => void) => Promise<T>,
): Promise<T | undefined> {
  let isShown = false;
  const onReady = () => {
    isShown = true;
    panels.open(subject, { preserveFocus: false });
    void recent.add(subject);
  };
  try {
    return await start(onReady);
  } catch (error) {
    // The inspector shows it already.
    if (isShown) return undefined;
    throw error;
  }
}
