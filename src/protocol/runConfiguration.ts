// A run configuration: the file `*.facenet.json` that a training is started from, and its JSON schema for editors.
import { z } from 'zod';
import { setting, type Setting, type Settings, shapeOf } from './settings/setting';
import { lfwConfigSchema, phaseSchema, trainConfigSchema, trainSettings } from './trainConfig';

/** What such files are called. */
export const configurationSuffix = '.facenet.json';

/** What such a file holds besides the settings of the training. */
const fileSettings = {
  $schema: setting({
    schema: z.string().optional(),
    text: 'Schema of this file; VS Code with FaceNet Workbench knows it by the name of the file.',
  }),
  title: setting({
    schema: z.string().min(1).optional(),
    text: 'Name of the run; default the name of the file.',
  }),
};

/** A configuration as it is written: what is left out has its default; a misspelt name is a mistake, not ignored. */
export const runConfigurationSchema = z.strictObject({
  ...shapeOf(fileSettings),
  ...trainConfigSchema.shape,
  phases: z.array(z.strictObject(phaseSchema.shape)).min(1),
  lfw: z.strictObject(lfwConfigSchema.shape).optional(),
});
export type RunConfiguration = z.infer<typeof runConfigurationSchema>;

const pathRule =
  'Relative paths begin at the folder that holds `.facenet` for a file in `.facenet/configurations`, else at the ' +
  "file's own folder; `~` is the home directory.";

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  [keyword: string]: unknown;
}

const withoutMarkdown = (text: string): string => text.replaceAll('`', '');

/** Puts the texts of the rows into the schema of an object, or of a list of objects, that was made of them. */
function describeSettings(schema: JsonSchema, settings: Settings): void {
  for (const [name, property] of Object.entries((schema.items ?? schema).properties!)) {
    const { text, flag, words, settings: inner }: Setting = settings[name]!;
    property.markdownDescription = flag?.kind === 'path' ? `${text} ${pathRule}` : text;
    property.description = withoutMarkdown(String(property.markdownDescription));
    if (words !== undefined) property.examples = words;
    if (inner !== undefined) describeSettings(property, inner);
  }
}

/** The JSON schema (draft 7, which VS Code understands best) of a run configuration, from the check that reads it. */
export function runConfigurationJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(runConfigurationSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;
  describeSettings(schema, { ...fileSettings, ...trainSettings });
  return {
    ...schema,
    title: 'FaceNet run configuration',
    description: `Everything that decides a fine-tuning. ${withoutMarkdown(pathRule)}`,
    allowComments: true,
    allowTrailingCommas: true,
  };
}
