/** TensorFlow.js, whichever engine runs below it. */
export type TensorFlow = typeof import('@tensorflow/tfjs-core');
