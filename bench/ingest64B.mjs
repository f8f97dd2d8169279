import { measureIngest } from './ingest.mjs';

export const measure = () => measureIngest(64, 2_000_000);
