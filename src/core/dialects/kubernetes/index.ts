import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const kubernetes = defineDialect({
  name: 'kubernetes',
  title: 'Kubernetes exec, attach and port-forward',
  closing,
  isUrl: (path) => /\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach|portforward)$/.test(path),
});
