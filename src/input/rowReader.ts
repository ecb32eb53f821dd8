// The program of the thread that reads images (rowThread.ts).
import { answerQuestions } from '../threads/askedThread';
import { inputLength } from './prepareImage';
import type { RowQuestion } from './rowThread';
import { imageRows } from './rows';

answerQuestions(
  async ({ looks, recipe }: RowQuestion) => {
    const pixels = new Uint8Array(looks.length * inputLength(recipe));
    await imageRows((row) => looks[row]!, recipe).readPixels([...looks.keys()], pixels);
    return pixels;
  },
  ({ buffer }) => [buffer],
);
