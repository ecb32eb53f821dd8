// npm run schema: writes schemas/runConfiguration.schema.json from the check that reads run configurations.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { outputFiles } = await build({
  entryPoints: [join(root, 'src/protocol/runConfiguration.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  write: false,
});
const { runConfigurationJsonSchema } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);
const file = join(root, 'schemas/runConfiguration.schema.json');
const options = { ...(await resolveConfig(file)), filepath: file };
writeFileSync(file, await format(JSON.stringify(runConfigurationJsonSchema()), options));
