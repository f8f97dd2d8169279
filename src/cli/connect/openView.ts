import type { Redactor } from '../../core/redaction/redactor.js';
import type { Io } from '../io.js';
import { styleFor } from '../render/style.js';
import { PlainView } from './plainView.js';
import type { Screen, ScreenKind } from './screen.js';
import type { ConnectSettings } from './settings.js';
import type { ConnectView } from './view.js';

/** What a view is made of. */
interface ViewPlace {
  readonly screen: Screen;
  readonly settings: ConnectSettings;
  readonly redactor: Redactor;
  readonly io: Io;
  readonly closedByUs: () => boolean;
}

export type MakeView = (place: ViewPlace) => ConnectView;

/** Loads the view for where standard output goes, and no other. */
export async function loadView(kind: ScreenKind, { pretty }: Pick<ConnectSettings, 'pretty'>): Promise<MakeView> {
  if (kind === 'json') {
    const { JsonView } = await import('./jsonView.js');
    return ({ redactor, screen, settings }) =>
      new JsonView((line) => screen.outlet.write(`${line}\n`), redactor, { showControl: settings.showControl });
  }
  const format = pretty ? (await import('./prettyJson.js')).prettyJson : null;
  return kind === 'transcript' ? transcript(format) : plain(format);
}

type Format = ((text: string) => string) | null;

async function transcript(format: Format): Promise<MakeView> {
  const { Transcript } = await import('./transcript.js');
  return ({ closedByUs, io, redactor, screen, settings }) =>
    new Transcript({
      write: (content) => screen.outlet.write(content),
      redactor,
      style: styleFor(io, io.stdout, settings.noColor),
      timestamps: settings.timestamps,
      showControl: settings.showControl,
      format: format ?? ((text) => text),
      closedByUs,
    });
}

function plain(format: Format): MakeView {
  return ({ closedByUs, screen, settings }) =>
    new PlainView({
      write: (content) => screen.outlet.write(content),
      notice: (line) => screen.lines([line]),
      style: screen.style,
      ending: settings.ending,
      format,
      closedByUs,
    });
}
