import { RecordingWriter } from '../../../src/core/record/recordingWriter.js';
import { Redactor } from '../../../src/core/redaction/redactor.js';
import { frameLine, header } from './samples.js';

/** Records until it is killed; says after each turn how many frames it has recorded. */
async function record(path: string): Promise<void> {
  const writer = await RecordingWriter.open({ path, header, redactor: new Redactor([]) });
  let index = 0;
  for (;;) {
    for (const end = index + 50; index < end; index++) writer.write(frameLine({ index, text: 'x'.repeat(200) }));
    await new Promise((resolve) => setImmediate(resolve));
    await writer.flush();
    process.stdout.write(`${index}\n`);
  }
}

void record(process.argv[2] ?? '');
