import { measureIngest } from './ingest.mjs';

export const measure = () => measureIngest(16_384, 120_000);
