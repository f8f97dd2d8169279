import type { Redactor } from '../../core/redaction/redactor.js';
import type { Io } from '../io.js';
import { styleFor } from '../render/style.js';
import { JsonView } from './jsonView.js';
import { PlainView } from './plainView.js';
import { prettyJson } from './prettyJson.js';
import type { Screen } from './screen.js';
import type { ConnectSettings } from './settings.js';
import { Transcript } from './transcript.js';
import type { ConnectView } from './view.js';

/** The view for where standard output goes. */
export function openView(
  screen: Screen,
  settings: ConnectSettings,
  redactor: Redactor,
  io: Io,
  closedByUs: () => boolean,
): ConnectView {
  const { ending, noColor, pretty, showControl, timestamps } = settings;
  const write = (content: string | Uint8Array) => screen.outlet.write(content);
  if (screen.kind === 'json') return new JsonView((line) => write(`${line}\n`), redactor, { showControl });
  if (screen.kind === 'transcript') {
    const style = styleFor(io, io.stdout, noColor);
    const format = pretty ? prettyJson : (text: string) => text;
    return new Transcript({ write, redactor, style, timestamps, showControl, format, closedByUs });
  }
  const notice = (line: string) => screen.lines([line]);
  return new PlainView({
    write,
    notice,
    style: screen.style,
    ending,
    format: pretty ? prettyJson : null,
    closedByUs,
  });
}
