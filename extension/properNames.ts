/** What is called the same in every language: formats, systems, programs, packages. */
export const properNames = {
  html: 'HTML',
  json: 'JSON',
  csv: 'CSV',
  png: 'PNG',
  linux: 'Linux',
  macOS: 'macOS',
  python3: 'python3',
  inceptionResnet: 'Inception-ResNet',
  tensorflowCpu: '@tensorflow/tfjs-node',
  tensorflowGpu: '@tensorflow/tfjs-node-gpu',
  mtcnnFiles: 'det1.npy, det2.npy, det3.npy',
  trainSoftmaxLine: 'python src/train_softmax.py --data_dir …',
} as const;
