// Writes the schemas of media/schemas that are made from the source: npm run schemas, which formats them too.
import { writeFile } from 'node:fs/promises';
import { runSchema } from '../src/cli/reporters/runSchema.ts';
import { contractSchema } from '../src/core/contract/contractSchema.ts';
import { experimentSchema } from '../src/core/lab/experimentSchema.ts';
import { rollupSchema, sampleSchema } from '../src/core/base/sampleSchema.ts';
import { editorSchema, profileSchema } from '../src/core/profile/schema.ts';

const schemas = {
  profile: profileSchema(),
  'profile.editor': editorSchema(),
  run: runSchema(),
  contract: contractSchema(),
  experiment: experimentSchema(),
  sample: sampleSchema(),
  rollup: rollupSchema(),
};
for (const [name, schema] of Object.entries(schemas)) {
  const target = new URL(`../media/schemas/${name}.schema.json`, import.meta.url);
  await writeFile(target, `${JSON.stringify(schema, null, 2)}\n`);
}
