// What is wrong with a dataset, in the language of the window; in English the very words of `facenet clean` (held by a test).
import * as vscode from 'vscode';
import type { ImageFault, Problem, ProblemKind } from '../../src/protocol/problem';

interface KindWords {
  /** As one says it of a row: `too small`. */
  short: string;
  /** What can be done about it, as one sentence. */
  action: string;
}

const words: Readonly<Record<ProblemKind, KindWords>> = {
  'not-an-image': {
    short: vscode.l10n.t('not an image'),
    action: vscode.l10n.t('Move it out of the dataset, or convert it to JPEG or PNG.'),
  },
  unreadable: {
    short: vscode.l10n.t('unreadable'),
    action: vscode.l10n.t('Replace it with an intact copy, or move it out of the dataset.'),
  },
  'too-small': {
    short: vscode.l10n.t('too small'),
    action: vscode.l10n.t('Replace it with a larger picture, or move it out of the dataset.'),
  },
  turned: {
    short: vscode.l10n.t('turned'),
    action: vscode.l10n.t('Align the photographs with "upright", or save this one turned.'),
  },
  'single-image-person': {
    short: vscode.l10n.t('single image'),
    action: vscode.l10n.t('Add images of this person.'),
  },
  'empty-person': {
    short: vscode.l10n.t('no image'),
    action: vscode.l10n.t('Add images, or remove the folder.'),
  },
  duplicate: {
    short: vscode.l10n.t('duplicate'),
    action: vscode.l10n.t('Keep one of the two.'),
  },
  'also-in-lfw': {
    short: vscode.l10n.t('also in LFW'),
    action: vscode.l10n.t('Leave this person out of the training, or validate on other people.'),
  },
};

/** A kind of problem in a word or three, e.g. `too small`. */
export function problemKindInWords(kind: ProblemKind): string {
  return words[kind].short;
}

/** Reason and action of a problem, as one line. */
export function problemInWords(problem: Problem): string {
  return `${reason(problem)} ${words[problem.kind].action}`;
}

function reason(problem: Problem): string {
  const { path, person } = problem;
  switch (problem.kind) {
    case 'not-an-image':
    case 'unreadable':
      return faultInWords(path, problem.fault);
    case 'too-small':
      return vscode.l10n.t(
        '{0} has {1}×{2} pixels; faces are looked for from {3} pixels on.',
        ...[path, problem.width, problem.height, problem.minSize],
      );
    case 'turned':
      return vscode.l10n.t(
        '{0} is upright only where its EXIF orientation ({1}) is followed; training takes its pixels as they lie.',
        path,
        problem.orientation,
      );
    case 'single-image-person':
      return vscode.l10n.t('{0} has a single image, so nothing is left to validate on.', person);
    case 'empty-person':
      return vscode.l10n.t('{0} has no image.', person);
    case 'duplicate':
      return vscode.l10n.t('{0} has the same content as {1}.', path, problem.original);
    case 'also-in-lfw':
      return problem.lfwName === undefined
        ? vscode.l10n.t('{0} is also in LFW, so a validation on LFW is not on strangers.', person)
        : vscode.l10n.t(
            '{0} is also in LFW as {1}, so a validation on LFW is not on strangers.',
            person,
            problem.lfwName,
          );
  }
}

function faultInWords(file: string, fault: ImageFault): string {
  switch (fault.kind) {
    case 'unread':
      return vscode.l10n.t('{0} cannot be read ({1}).', file, fault.reason);
    case 'empty':
      return vscode.l10n.t('{0} is empty.', file);
    case 'damaged':
      return vscode.l10n.t('{0} cannot be decoded ({1}).', file, fault.reason);
    case 'many-pixels':
      return vscode.l10n.t(
        '{0} has {1}×{2} pixels; of a file of its size at most {3} are read.',
        file,
        fault.width,
        fault.height,
        fault.most,
      );
    case 'many-bytes':
      return vscode.l10n.t(
        '{0} has {1} MB; of an image at most {2} MB are read.',
        file,
        Math.ceil(fault.bytes / 2 ** 20),
        Math.ceil(fault.most / 2 ** 20),
      );
    case 'foreign':
      return foreignInWords(file, fault.type?.toUpperCase(), fault.namedAsImage);
  }
}

function foreignInWords(file: string, type: string | undefined, namedAsImage: boolean): string {
  if (type === undefined) {
    return namedAsImage
      ? vscode.l10n.t('{0} is not an image, whatever its name says.', file)
      : vscode.l10n.t('{0} is not an image.', file);
  }
  return namedAsImage
    ? vscode.l10n.t('{0} is a {1} file, whatever its name says.', file, type)
    : vscode.l10n.t('{0} is a {1} file.', file, type);
}
