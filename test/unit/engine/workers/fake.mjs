// Stands in for the engine: answers by the name of the plan.
import { parentPort } from 'node:worker_threads';

console.log(`up with ${process.execArgv.length} flags`);
const started = new Map();
const answer = (id, result) => parentPort.postMessage({ kind: 'result', id, result });

parentPort.on('message', ({ kind, id, method, params }) => {
  if (kind === 'cancel') {
    answer(id, { name: 'cancelled' });
    return;
  }
  if (method === 'diagnostics') {
    answer(id, { sockets: 0, timers: 0 });
    return;
  }
  if (method === 'jobAct') {
    answer(id, null);
    answer(started.get(params.jobId), { ended: params.name, by: params.args });
    return;
  }
  const { jobId } = params;
  const tell = (event) => parentPort.postMessage({ kind: 'event', name: 'job', data: { jobId, event } });
  started.set(jobId, id);
  switch (params.params.plan?.planId) {
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
      for (const variation of ['no-compression', 'no-origin']) tell({ id: variation });
      answer(id, { name: params.kind });
      tell({ id: 'too-late' });
      return;
    case 'wait':
      tell(null);
      return;
    case undefined:
      tell({ ws: 'ws://127.0.0.1:1' });
      return;
    default:
      answer(id, { name: params.params.plan.planId });
  }
});
