/** The architectures that ship with the project. To add one, add a file to this folder and a line here. */
import type { Architecture } from '../network/architecture.ts';
import { cifar10Bn } from './cifar10-bn.ts';
import { cifar10Small } from './cifar10-small.ts';
import { cifar10Tutorial } from './cifar10-tutorial.ts';
import { imagesSmall } from './pictures-small.ts';

export const architectures: ReadonlyMap<string, Architecture> = new Map(
  [cifar10Tutorial, cifar10Small, cifar10Bn, imagesSmall].map((architecture) => [architecture.name, architecture]),
);
