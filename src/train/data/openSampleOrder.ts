import type { Samples } from '../../dataset/samples';
import { UserError } from '../../protocol/errors';
import type { TrainConfig } from '../../protocol/trainConfig';
import { samplesOfPeople } from './people';
import { PeopleOrder } from './peopleOrder';
import type { SampleOrder } from './sampleOrder';
import { SampleQueue } from './sampleQueue';

type SamplerSettings = Pick<TrainConfig, 'sampler' | 'samplerImagesPerPerson' | 'batchSize'>;

/**
 * People in a batch of the sampler `people`, at most all there are.
 * @throws UserError where not even one of them has room
 */
export function peoplePerBatch({ samplerImagesPerPerson, batchSize }: SamplerSettings, people: number): number {
  const fitting = Math.floor(batchSize / samplerImagesPerPerson);
  if (fitting === 0) {
    throw new UserError(
      `A batch of ${batchSize} has no room for ${samplerImagesPerPerson} images of a person.`,
      'Raise batch_size or lower sampler_images_per_person.',
    );
  }
  return Math.min(fitting, people);
}

/** Samples, at least one, of which some orders ask for the person of each. */
type Labelled = Pick<Samples, 'length' | 'labels'>;

/** The order that a configuration asks for. */
export function openSampleOrder(config: SamplerSettings & Pick<TrainConfig, 'seed'>, samples: Labelled): SampleOrder {
  const { sampler, seed, samplerImagesPerPerson } = config;
  switch (sampler) {
    case 'shuffled':
      return new SampleQueue(seed, samples.length);
    case 'balanced':
      return new PeopleOrder(seed, samplesOfPeople(samples.labels()), 1, 1);
    case 'people': {
      const people = samplesOfPeople(samples.labels());
      return new PeopleOrder(seed, people, samplerImagesPerPerson, peoplePerBatch(config, people.length));
    }
  }
}

/** What a user may want to know of the batches, one sentence each. */
export function remarksOnOrder(config: SamplerSettings, samples: Pick<Labelled, 'labels'>): string[] {
  const { sampler, samplerImagesPerPerson: wanted } = config;
  if (sampler === 'shuffled') return [];
  const epoch = 'an epoch is as many images as there are, not each of them once';
  if (sampler === 'balanced') return [`Every person is drawn equally often: ${epoch}.`];
  const people = samplesOfPeople(samples.labels());
  const remarks = [
    `Batches have ${wanted} images of each of ${peoplePerBatch(config, people.length)} people: ${epoch}.`,
  ];
  const few = people.filter(({ length }) => length < wanted).length;
  if (few > 0)
    remarks.push(`${few} of ${people.length} people have fewer than ${wanted} images; some are twice in a batch.`);
  return remarks;
}
