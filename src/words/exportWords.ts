// What each format of an exported model is for, in the same words in the window, in the terminal and in its card.
import * as l10n from '@vscode/l10n';
import type { ExportFormat } from '../protocol/exportFormat';

/** What a format is called. */
export const formatNames: Readonly<Record<ExportFormat, string>> = {
  onnx: 'ONNX',
  tfjs: 'TensorFlow.js',
  safetensors: 'safetensors',
  keras: 'Keras',
  pb: 'TensorFlow',
};

/** One sentence without a full stop. */
export function formatPurpose(format: ExportFormat): string {
  switch (format) {
    case 'onnx':
      return l10n.t(
        'One file for ONNX Runtime in Python, C++, C#, Java and the browser, and for what converts from it',
      );
    case 'tfjs':
      return l10n.t('A folder that a web page or Node loads with loadGraphModel');
    case 'safetensors':
      return l10n.t('The weights alone under their own names, for PyTorch, JAX and NumPy; the network is not in it');
    case 'keras':
      return l10n.t('Weights (.h5) that the Facenet and Facenet512 models of deepface load; Inception-ResNet-v1 only');
    case 'pb':
      return l10n.t('A frozen graph (.pb) for TensorFlow and the Python scripts of facenet');
  }
}
