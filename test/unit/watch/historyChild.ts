import { HistoryWriter } from '../../../src/core/watch/history/writer.js';
import { sample } from './samples.js';

const [folder = '', at = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const writer = await HistoryWriter.open({ folder, onTrouble: () => {}, wall: () => Date.parse(at) });
  await writer.append(sample());
  process.send?.('written');
  setInterval(() => {}, 1_000);
}

void main();
