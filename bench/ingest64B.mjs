import { measureIngest } from './ingest.mjs';

export const measure = () => measureIngest(64, 4_000_000);
