/** The ten classes of CIFAR-10, in the order of the data set's label numbers. */
export const cifar10Labels = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;
