import type { Report } from '../../../src/core/base/model.js';
import { lookText } from '../../../src/core/text/lookText.js';
import { Foreign } from '../../shared/foreign.js';
import { handshakeWords } from './strings.js';

/** Connections that the probe made by itself; nothing where there were none. */
export function LooksView({ report }: { readonly report: Report }) {
  const looks = (report.looks ?? []).map(lookText);
  if (looks.length === 0) return null;
  return (
    <section aria-labelledby="looks-title">
      <h3 id="looks-title">{handshakeWords.looks}</h3>
      <ul>
        {looks.map(({ outcome, why }, index) => (
          <li key={index}>
            <Foreign text={why} />
            <p class="quiet mono">
              <Foreign text={outcome} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
