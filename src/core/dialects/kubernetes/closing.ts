import { defineDialect } from '../../close/closeCode.js';

export const kubernetes = defineDialect({
  name: 'kubernetes',
  title: 'Kubernetes exec, attach and port-forward',
  aliases: ['k8s', 'kubectl'],
  subprotocols: [/^(v\d\.)?(base64\.)?channel\.k8s\.io$/, /\.k8s\.io$/],
  source: '@kubernetes/client-node 2.0',
  note: 'No private close codes: a status JSON on channel 3 ({"status":"Failure",…}) comes before a close with 1000.',
});
