// Entry of a worker thread: looks at the image files that it is asked about.
import { answerQuestions } from '../../threads/askedThread';
import { lookAt, type PathQuestion } from './lookAt';

answerQuestions(async ({ question, paths }: PathQuestion) => lookAt(question, paths));
