import { randomBits } from './counterRandom';
import type { SampleOrder } from './sampleOrder';
import { SampleQueue } from './sampleQueue';

/**
 * Several images of one person, then of the next. People take turns: each is drawn once before any is drawn again. So do
 * the images of a person, in an order of their own; one with fewer images than are asked for gives some of them twice.
 */
export class PeopleOrder implements SampleOrder {
  private readonly people: SampleQueue;
  private readonly images: readonly SampleQueue[];

  /**
   * @param samples of each person, at least one of each
   * @param imagesPerPerson taken one after another; they differ where the person has so many
   * @param peoplePerBatch taken together; they differ where there are so many
   */
  constructor(
    seed: number,
    private readonly samples: readonly ArrayLike<number>[],
    private readonly imagesPerPerson: number,
    peoplePerBatch: number,
  ) {
    this.people = new SampleQueue(seed, samples.length, peoplePerBatch);
    this.images = samples.map(
      ({ length }, person) => new SampleQueue(randomBits(seed, 'person', person), length, imagesPerPerson),
    );
  }

  at(position: number): number {
    const { samples, imagesPerPerson } = this;
    const turn = Math.floor(position / imagesPerPerson);
    const person = this.people.at(turn);
    // In every round of the people each of them had one turn.
    const turnsBefore = Math.floor(turn / samples.length);
    const image = this.images[person]!.at(turnsBefore * imagesPerPerson + (position % imagesPerPerson));
    return samples[person]![image]!;
  }
}
