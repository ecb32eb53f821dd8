// The platforms that there is a package for, and what ONNX Runtime needs on each.

/**
 * VS Code's name of a platform → the files of onnxruntime-node that are shipped there, below bin/napi-v6/. Those left out:
 * on macOS the library under its second name (the binding loads `libonnxruntime.1.dylib`), on Windows DirectML and the
 * shader compiler, which only the GPU providers load, and those are not used.
 */
export const platforms = {
  'linux-x64': {
    folder: 'linux/x64',
    files: ['onnxruntime_binding.node', 'libonnxruntime.so.1'],
  },
  'linux-arm64': {
    folder: 'linux/arm64',
    files: ['onnxruntime_binding.node', 'libonnxruntime.so.1'],
  },
  'darwin-arm64': {
    folder: 'darwin/arm64',
    files: ['onnxruntime_binding.node', 'libonnxruntime.1.dylib'],
  },
  'win32-x64': {
    folder: 'win32/x64',
    files: ['onnxruntime_binding.node', 'onnxruntime.dll'],
  },
};

/** The platform that this runs on, whether there is a package for it or not. */
export const ownTarget = `${process.platform}-${process.arch}`;

/** Whether a file of onnxruntime-node's bin/, by its path in that package, belongs into the package for `target`. */
export function isShippedRuntimeFile(path, target) {
  const { folder, files } = platforms[target];
  return files.some((file) => path === `bin/napi-v6/${folder}/${file}`);
}
