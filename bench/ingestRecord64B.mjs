import { measureIngest } from './ingest.mjs';

export const measure = () => measureIngest(64, 1_000_000, true);
