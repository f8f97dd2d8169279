import { lockFile } from '../../../src/core/base/fileLock.js';

const [path = ''] = process.argv.slice(2);

lockFile(path).then(
  () => process.stdout.write('locked'),
  (error: NodeJS.ErrnoException) => process.stdout.write(error.code ?? error.message),
);
