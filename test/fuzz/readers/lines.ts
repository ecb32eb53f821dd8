import { writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configurationOfCommand } from '../../../src/cli/pythonCommand/configurationOfCommand';
import { ParserExit } from '../../../src/cli/parser';
import { namesOfLfw } from '../../../src/dataset/lfwOverlap';
import { readPairs } from '../../../src/dataset/pairs';
import { readHostPage } from '../../../src/download/hostPage';
import { UserError } from '../../../src/protocol/errors';
import { phasesOfFlags } from '../../../src/train/settings/phasesOfFlags';
import { damageText } from '../damageText';
import type { ForeignReader } from '../foreignReader';

const people = ['Ann', 'Bob_Ray', 'Christopher_Robin'];

const pairs = [
  '2\t2',
  'Ann\t1\t2',
  'Ann\t3\tBob_Ray\t1',
  'Bob_Ray\t1\t2',
  'Christopher_Robin\t1\tAnn\t2',
  'Nobody\t1\t2',
];

const page =
  '<html><head><title>Google Drive - Virus scan warning</title></head><body><form id="f" method="get" ' +
  'action="https://drive.example.com/download"><input type="hidden" name="id" value="a&amp;b&#39;">' +
  '<input type=hidden name=confirm value=t></form></body></html>';

const command =
  'cd facenet && PYTHONPATH=src python3 -u src/train_softmax.py --logs_base_dir ~/logs --data_dir "my faces/160" \\\n' +
  '  --image_size 160 --model_def models.inception_resnet_v1 --optimizer ADAM --learning_rate -1 --weight_decay 5e-4 \\\n' +
  '  --learning_rate_schedule_file rates.txt --max_nrof_epochs 90 --embedding_size=512 --random_flip > log.txt 2>&1 &';

export const lineReaders: readonly ForeignReader[] = [
  {
    ...{ name: 'pairs file', tells: 'file', damage: damageText, lenient: true },
    files: async () => [Buffer.from(pairs.join('\n'))],
    async open(folder) {
      const images = join(folder, 'images');
      for (const name of people) {
        await mkdir(join(images, name), { recursive: true });
        for (const number of [1, 2, 3]) await writeFile(join(images, name, `${name}_000${number}.png`), '');
      }
      return {
        async read(bytes) {
          const path = join(folder, 'pairs.txt');
          writeFileSync(path, bytes);
          return [await readPairs(path, images), await namesOfLfw(path)];
        },
      };
    },
  },
  {
    ...{ name: 'learning rate schedule', tells: 'file', damage: damageText },
    files: async () => [Buffer.from('# epochs\n0: 0.05\n60: 0.005 # finer\n80:0.0005\n91: -\n')],
    open: async (folder) => ({
      async read(bytes) {
        const path = join(folder, 'rates.txt');
        writeFileSync(path, bytes);
        return phasesOfFlags({ learning_rate_schedule_file: path }, { learningRate: -1 }, { network: undefined });
      },
    }),
  },
  {
    ...{ name: 'page of a file host', tells: 'never', damage: damageText },
    files: async () => [Buffer.from(page)],
    open: async () => ({
      read: async (bytes) => readHostPage(bytes.toString('utf8'), 'https://drive.example.com/uc?id=1'),
    }),
  },
  {
    // A line that is typed is no file: its errors quote it.
    ...{ name: 'command line', tells: 'never', damage: damageText, namesAnyPath: true },
    files: async () => [Buffer.from(command)],
    async open(folder) {
      await writeFile(join(folder, 'rates.txt'), '0: 0.05\n');
      const write = process.stderr.write.bind(process.stderr);
      // What argparse says about a wrong flag.
      process.stderr.write = () => true;
      return {
        async read(bytes) {
          const text = bytes.toString('utf8').replaceAll('rates.txt', join(folder, 'rates.txt'));
          try {
            return await configurationOfCommand(text, { HOME: folder });
          } catch (error) {
            if (error instanceof UserError || error instanceof ParserExit) return error;
            throw error;
          }
        },
        close: async () => {
          process.stderr.write = write;
          await readFile(join(folder, 'rates.txt'));
        },
      };
    },
  },
];
