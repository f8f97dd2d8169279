import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const awsApiGateway = defineDialect({
  name: 'aws-api-gateway',
  title: 'AWS API Gateway',
  closing,
  host: /\.execute-api\.[\w-]+\.amazonaws\.com(\.cn)?$/,
});
