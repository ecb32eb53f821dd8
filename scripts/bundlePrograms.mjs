// Programs of developers (benchmarks, soaks, fuzzing) that are built when they are run.
import { build } from 'esbuild';

/**
 * Bundles TypeScript files for this Node, each to a .cjs of its name; native modules stay outside.
 * @param {string[]} entryPoints absolute paths
 * @param {string} outdir folder of the programs
 * @param {import('esbuild').BuildOptions} [more]
 */
export async function bundlePrograms(entryPoints, outdir, more = {}) {
  await build({
    entryPoints,
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['sharp', 'onnxruntime-node', 'h5wasm', 'koffi', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
    logLevel: 'warning',
    ...more,
  });
}
