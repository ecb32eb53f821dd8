import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ArgumentParser } from 'argparse';
import { ParserExit, parserOf } from '../../../src/cli/parser';
import { commandsMatching } from '../../../src/cli/registry';

const command = {
  name: 'train-softmax',
  summary: 'trains',
  configure(parser: ArgumentParser) {
    parser.add_argument('--learning_rate', { type: 'float', default: 0.1 });
    parser.add_argument('--learning_rate_decay_epochs', { type: 'int', default: 100 });
    parser.add_argument('--max_nrof_epochs', { type: 'int', default: 500 });
    parser.add_argument('--random_crop', { action: 'store_true' });
  },
  run: async () => 0,
};

describe("the reference's argument parser", () => {
  const parse = (...argv: string[]) => parserOf(command).parse_args(argv);

  test('negative numbers are values, also in exponent notation', () => {
    assert.equal(parse('--learning_rate', '-1').learning_rate, -1);
    assert.equal(parse('--learning_rate', '-1e-3').learning_rate, -0.001);
    assert.equal(parse('--learning_rate=-1').learning_rate, -1);
  });

  test('an unambiguous beginning of an option stands for it, an exact name before longer ones', () => {
    assert.equal(parse('--max_nrof', '3').max_nrof_epochs, 3);
    assert.equal(parse('--random').random_crop, true);
    assert.equal(parse('--learning_rate', '0.5').learning_rate, 0.5);
  });

  for (const [why, argv] of [
    ['an ambiguous abbreviation', ['--learning', '1']],
    ['an unknown option', ['--nosuch']],
    ['a word for a number', ['--max_nrof_epochs', 'ten']],
    ['a missing value', ['--learning_rate']],
  ] as const) {
    test(`${why} is wrong usage, exit code 2`, () => {
      const written = process.stderr.write.bind(process.stderr);
      let message = '';
      process.stderr.write = (text: string | Uint8Array) => {
        message += String(text);
        return true;
      };
      try {
        assert.throws(
          () => parse(...argv),
          (error) => error instanceof ParserExit && error.code === 2,
        );
      } finally {
        process.stderr.write = written;
      }
      assert.match(message, /^usage: facenet train-softmax .*facenet train-softmax: error: /s);
    });
  }

  test('commands may be abbreviated like options', () => {
    const names = ['align', 'attach', 'run', 'runs'];
    assert.deepEqual(commandsMatching('al', names), ['align']);
    assert.deepEqual(commandsMatching('run', names), ['run']);
    assert.deepEqual(commandsMatching('a', names), ['align', 'attach']);
    assert.deepEqual(commandsMatching('x', names), []);
  });
});
