import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { quote } from 'shell-quote';
import { parsePastedCommand } from '../../../src/cli/pythonCommand/pastedCommand';
import { commandFor, commandOfPython } from '../../../src/cli/pythonCommand/commandOfPython';
import { oneLine } from '../../../src/cli/pythonCommand/shellLine';
import { UserError } from '../../../src/protocol/errors';

const paste = (text: string) => parsePastedCommand(text, { HOME: '/home/ada', DATA: '/data' });
const isUserError = (pattern: RegExp) => (error: unknown) => error instanceof UserError && pattern.test(error.sentence);
const flags = ['--data_dir', '/faces', '--learning_rate', '-1', '--random_flip'];

describe('a command line of the terminal history', () => {
  const plain = 'src/train_softmax.py --data_dir /faces --learning_rate -1 --random_flip';
  for (const [what, line, ...notes] of [
    ['python', `python ${plain}`],
    ['an interpreter by its path, with options', `/usr/bin/python3.6 -u ${plain}`, /"-u" before the script/],
    ['the script alone', `./${plain}`],
    ['a module', 'python3 -m src.train_softmax --data_dir /faces --learning_rate -1 --random_flip'],
    ['a prompt', `$ python ${plain}`],
    ['a whole prompt', `(facenet) ada@gpu1:~/facenet$ python ${plain}`],
    ['a number of the history', `  512  python ${plain}`],
    [
      'variables',
      `PYTHONPATH=src CUDA_VISIBLE_DEVICES=0 python ${plain}`,
      /no Python is started/,
      /^CUDA_VISIBLE_D.*not part/,
    ],
    ['sudo and nohup', `sudo -E nohup python ${plain} &`, /"sudo -E nohup" before/, /"&" has no effect/],
    ['a copied output', `python ${plain} 2>&1 | tee log.txt`, /">& 1" has no effect/, /"tee log.txt" is left out/],
    ['a redirected output', `python ${plain} > log 2>> errors`, /"> log"/, /">> errors"/],
    ['another command before', `cd ~/facenet && python ${plain}`, /"cd ~\/facenet" is left out/],
    ['a comment', `python ${plain} # best so far`, /best so far/],
    [
      'continued lines',
      `python src/train_softmax.py \\\n  --data_dir /faces \\\r\n--learning_rate -1 \\\n> --random_flip`,
    ],
    [
      'lines broken by the copying',
      'python src/train_softmax.py\n  --data_dir /faces --learning_rate -1\n  --random_flip\n',
    ],
    [
      'continued lines in a field of one line',
      'python src/train_softmax.py \\  --data_dir /faces \\ --learning_rate -1 --random_flip',
    ],
    ['lines of their own', `cd facenet\npython ${plain}\necho done`, /"cd facenet"/, /"echo done"/],
  ] as const) {
    test(what, () => {
      const { args, notes: told } = paste(line);
      assert.deepEqual(args, flags);
      assert.equal(told.length, notes.length, told.join('\n'));
      for (const pattern of notes)
        assert.ok(
          told.some((note) => pattern.test(note)),
          told.join('\n'),
        );
    });
  }

  test('triplets', () => {
    const { script, args } = paste('$ python src/train_tripletloss.py --alpha 0.3');
    assert.deepEqual([script, args], ['train_tripletloss', ['--alpha', '0.3']]);
    assert.equal(paste(`python ${plain}`).script, 'train_softmax');
  });

  test('quotes, home, variables that are set and that are not', () => {
    const line = `python train_softmax.py --data_dir "$DATA/a b" --lfw_dir '~/my lfw' --logs_base_dir ~/logs --lfw_pairs $NOWHERE/pairs.txt`;
    const { args, notes } = paste(line);
    assert.deepEqual(args, [
      ...['--data_dir', '/data/a b', '--lfw_dir', '~/my lfw', '--logs_base_dir', '~/logs'],
      ...['--lfw_pairs', '$NOWHERE/pairs.txt'],
    ]);
    assert.match(notes.join(), /\$NOWHERE has no value here/);
  });

  test('a digit before a redirection is a value where there is a space between them', () => {
    assert.deepEqual(paste('python train_softmax.py --gpus 2 > log').args, ['--gpus', '2']);
    assert.deepEqual(paste('python train_softmax.py --random_crop 2> log').args, ['--random_crop']);
  });

  test('of Windows: backslashes are parts of paths', () => {
    const cmd = 'C:\\facenet>python src\\train_softmax.py --data_dir C:\\faces\\new ^\r\n --lfw_dir "D:\\my lfw\\"';
    assert.deepEqual(paste(cmd).args, ['--data_dir', 'C:\\faces\\new', '--lfw_dir', 'D:\\my lfw\\']);
    const powershell = 'PS C:\\facenet> python src\\train_softmax.py --data_dir C:\\faces `\r\n --random_flip';
    assert.deepEqual(paste(powershell).args, ['--data_dir', 'C:\\faces', '--random_flip']);
  });

  test('what is none is refused with a sentence', () => {
    for (const [line, pattern] of [
      ['', /no command line of train_softmax/],
      ['ls -l', /no command line of train_softmax/],
      ['python src/validate_on_lfw.py a b', /runs validate_on_lfw\.py, neither train_softmax\.py nor/],
      ['python train_softmax.py --data_dir "/faces', /" that is not closed/],
      ["python train_softmax.py --data_dir '/faces", /' that is not closed/],
      ['python train_softmax.py --data_dir $(pwd)/faces', /a shell would have to run/],
      ['python train_softmax.py --data_dir `pwd`', /a shell would have to run/],
      ['python train_softmax.py --a 1; python train_softmax.py --a 2', /trains 2 times/],
      ['python train_softmax.py --a 1; python train_tripletloss.py --a 2', /trains 2 times/],
    ] as const) {
      assert.throws(() => paste(line), isUserError(pattern), line);
    }
  });

  test('whatever a shell would read back is read back, with prompts, wrappers and line ends around it', () => {
    // What looks like a drive of Windows makes the line one of Windows.
    const word = fc.oneof(
      fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/`|[A-Za-z]:\\|\w\\\w+\.py/.test(text)),
      fc.constantFrom('a b', "it's", '2', '-1', '$HOME', '#x', '~/faces', '', '5e-4', 'a;b', 'x && y', '2>1', 'é/人'),
    );
    const wrapping = fc.constantFrom(
      (line: string) => line,
      (line: string) => `$ ${line}`,
      (line: string) => `nohup ${line} > train.log 2>&1 &`,
      (line: string) => `CUDA_VISIBLE_DEVICES=0 ${line} 2>&1 | tee log`,
      (line: string) => `cd ~/facenet && ${line}`,
      (line: string) => `${line}\n`,
    );
    const between = fc.constantFrom(' ', ' \\\n', ' \\\r\n  ', '  ');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('--data_dir', '--seed', '-x'), word)),
        wrapping,
        between,
        (pairs, wrap, gap) => {
          const given = pairs.flat();
          const quoted = given.map((text) => quote([text]));
          const { args } = paste(wrap(['python', 'src/train_softmax.py', ...quoted].join(gap)));
          assert.deepEqual(args, given);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a variable without an end or a name is one sentence', () => {
    for (const text of ['${', 'python train_softmax.py --a ${', 'python train_softmax.py --a ${}'])
      assert.throws(() => paste(text), UserError, text);
  });

  test('any text gives a command or one sentence', () => {
    const piece = fc.constantFrom(
      'python ',
      'train_softmax.py',
      ' --a',
      ' "',
      "'",
      '\\',
      '\n',
      '$',
      '${',
      '}',
      '(',
      '>',
      '2>&1',
      '|',
      '`',
      ' b',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.string(), (parts, tail) => {
        try {
          assert.ok(Array.isArray(paste(parts.join('') + tail).args));
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
        }
      }),
    );
  });

  test('is put on one line for a field that holds one', () => {
    assert.equal(oneLine('$ python a.py \\\n  --b 1\n'), 'python a.py    --b 1');
  });
});

describe('facenet python', () => {
  test('runs the command that takes the flags of the script', () => {
    const words = ['python', '-u', 'src/train_softmax.py', '--data_dir', 'x.py'];
    assert.deepEqual(commandOfPython(words), { command: 'train-softmax', args: ['--data_dir', 'x.py'] });
    assert.equal(commandOfPython(['src/validate_on_lfw.py', 'a']).command, 'validate-on-lfw');
    assert.equal(commandOfPython(['py', '-m', 'align.align_dataset_mtcnn']).command, 'align');
    assert.equal(commandOfPython(['python', 'src/freeze_graph.py', 'model', 'a.pb']).command, 'freeze');
    assert.deepEqual(commandOfPython(['python', 'contributed/export_embeddings.py', 'm', 'd', '--image_size', '160']), {
      command: 'export-embeddings',
      args: ['m', 'd', '--image_size', '160'],
    });
  });

  test('refuses scripts that have no counterpart with one sentence', () => {
    assert.throws(
      () => commandOfPython(['python', 'setup.py', 'install']),
      isUserError(/nothing here that does what setup\.py/),
    );
    assert.throws(() => commandOfPython(['python', '-c', '1']), isUserError(/no script of the reference follows/));
    const without = (name: string) => name !== 'train-tripletloss';
    assert.throws(
      () => commandFor('train_tripletloss', without),
      isUserError(/train_tripletloss\.py.*train_softmax\.py/),
    );
  });
});
