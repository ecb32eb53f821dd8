import { resolve } from 'node:path';
import type { DatasetServices } from '../datasets/datasetServices';
import type { PageKind } from '../pages/pageKind';
import type { GalleryTab } from './galleryImages';
import type { GalleryPanel } from './galleryPanel';

/** The gallery tab: one for each dataset, and one for each person of it, however the dataset is spelt. */
export const galleryPage: PageKind<GalleryTab, GalleryPanel, Pick<DatasetServices, 'checks' | 'thumbnails'>> = {
  name: 'gallery',
  icon: 'facenet.svg',
  keyOf: ({ dataset, person }) => `${resolve(dataset)}\n${person ?? ''}`,
  open: async (about, needs) => (await import('./galleryPanel')).openGallery(about, needs),
};
