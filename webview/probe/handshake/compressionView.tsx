import type { Report } from '../../../src/core/base/model.js';
import { Facts } from '../../shared/parts.js';
import { savedText, sideText } from './compression.js';
import { handshakeWords } from './strings.js';

/** What was agreed about permessage-deflate (RFC 7692), in words, and what it saved. */
export function CompressionView({ report }: { readonly report: Report }) {
  const { parameters } = report.compression;
  if (!parameters) return null;
  const words = handshakeWords.compression;
  return (
    <section aria-labelledby="compression-title">
      <h3 id="compression-title">{words.title}</h3>
      <Facts
        rows={[
          [words.server, sideText(parameters.serverContextTakeover, parameters.serverMaxWindowBits)],
          [words.client, sideText(parameters.clientContextTakeover, parameters.clientMaxWindowBits)],
          [words.received, savedText(report.frames, 'received')],
          [words.sent, savedText(report.frames, 'sent')],
        ]}
      />
    </section>
  );
}
