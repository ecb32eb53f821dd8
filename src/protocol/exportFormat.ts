/** What a model can be written as for other programs. */
export const exportFormats = ['onnx', 'tfjs', 'safetensors', 'keras', 'pb'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What the name of each ends in; TensorFlow.js has a folder of files. */
export const exportExtensions: Readonly<Record<Exclude<ExportFormat, 'tfjs'>, string>> = {
  onnx: '.onnx',
  safetensors: '.safetensors',
  keras: '.h5',
  pb: '.pb',
};

/** The format that a file's name says; undefined where it says none. */
export function formatOfName(name: string): ExportFormat | undefined {
  const lower = name.toLowerCase();
  return exportFormats.find((format) => format !== 'tfjs' && lower.endsWith(exportExtensions[format]));
}
