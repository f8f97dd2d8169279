// Writes media/schemas/profile.schema.json from the keys of a profile: npm run schemas, which formats it too.
import { writeFile } from 'node:fs/promises';
import { profileSchema } from '../src/core/profile/schema.ts';

const target = new URL('../media/schemas/profile.schema.json', import.meta.url);
await writeFile(target, `${JSON.stringify(profileSchema(), null, 2)}\n`);
