// The loss of a classifier besides its cross-entropy.
import { z } from 'zod';
import { setting } from './setting';

export const softmaxSettings = {
  prelogitsNormLossFactor: setting({
    schema: z.number().min(0).default(0),
    text: 'Factor of the norm of the prelogits in the loss.',
    flag: { name: 'prelogits_norm_loss_factor', kind: 'float', help: 'factor of the norm of the prelogits' },
  }),
  prelogitsNormP: setting({
    schema: z.number().positive().default(1),
    text: 'Which norm of the prelogits.',
    flag: { name: 'prelogits_norm_p', kind: 'float', help: 'which norm' },
  }),
  centerLossFactor: setting({
    schema: z.number().min(0).default(0),
    text: 'Factor of the centre loss; 0 has none.',
    flag: { name: 'center_loss_factor', kind: 'float', help: 'factor of the centre loss' },
  }),
  centerLossAlfa: setting({
    schema: z.number().min(0).max(1).default(0.95),
    text: 'How slowly centres move: 0 jumps, 1 stays.',
    flag: { name: 'center_loss_alfa', kind: 'float', help: 'how slowly centres move' },
  }),
};
