import { defineBounds } from '@glimpse/training/gate/bounds';

export default defineBounds({
  absolute: { accuracy: 0.9, recall: 0.2, calibrationError: 0.9, bytes: 100_000, multiplyAdds: 1_000_000 },
  relative: { accuracyLoss: 0.01, recallLoss: 0.1, significance: 0.05, bytes: 2, calibrationErrorGrowth: 0.05 },
});
