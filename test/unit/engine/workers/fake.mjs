// Stands in for the engine: answers by the name of the plan.
import { parentPort } from 'node:worker_threads';

console.log(`up with ${process.execArgv.length} flags`);
parentPort.on('message', ({ kind, id, method, params }) => {
  if (kind === 'cancel') {
    parentPort.postMessage({ kind: 'result', id, result: { name: 'cancelled' } });
    return;
  }
  if (method === 'diagnostics') {
    parentPort.postMessage({ kind: 'result', id, result: { sockets: 0, timers: 0 } });
    return;
  }
  switch (params.plan.name) {
    case 'crash':
      throw new Error('boom in the worker');
    case 'reject':
      void Promise.reject(new Error('nobody caught this'));
      return;
    case 'exit':
      process.exit(7);
      return;
    case 'spin':
      for (;;);
    case 'vary':
      for (const id of ['no-compression', 'no-origin']) {
        const data = { probeId: params.probeId, variation: { id } };
        parentPort.postMessage({ kind: 'event', name: 'variation', data });
      }
      parentPort.postMessage({ kind: 'result', id, result: { name: method } });
      return;
    case 'wait':
      parentPort.postMessage({ kind: 'event', name: 'progress', data: { probeId: params.probeId, progress: null } });
      return;
    default:
      parentPort.postMessage({ kind: 'result', id, result: { name: params.plan.name } });
  }
});
