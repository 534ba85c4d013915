/** `glimpse predict RUN|RELEASE FILE…`: classify images here, as the Worker would. */
import { readFile } from 'node:fs/promises';
import { limitsSchema, pixelLimits } from '@glimpse/shared/api/limits';
import { listFormats } from '@glimpse/shared/image/formats';
import { ImageError } from '@glimpse/shared/image/image-error';
import { nodeImageReader } from '@glimpse/shared/image/node';
import { topClasses } from '@glimpse/shared/model/network/predictions';
import { Command } from 'commander';
import { openClassifier } from '../evaluate/open-classifier.ts';
import { TrainingError } from '../training-error.ts';
import { integer, outputOf } from './options.ts';

export function predictCommand(): Command {
  return new Command('predict')
    .argument('<run|release>', 'a run folder, or a folder with a release.json')
    .argument('<files...>', `${listFormats('or')} images`)
    .option('--top-k <n>', 'classes to show', integer(1, 10_000), 3)
    .action(async (folder: string, files: string[], options: { topK: number }, command: Command) => {
      const output = outputOf(command);
      const { classifier, input, labels } = await openClassifier(folder);
      const readImage = nodeImageReader();
      const limits = pixelLimits(limitsSchema.parse({}));
      let failed = 0;
      for (const file of files) {
        try {
          const image = await readImage(await readFile(file), input, limits);
          const best = topClasses(classifier.classify(image.pixels), options.topK);
          const predictions = best.map(({ index, score }) => ({ label: labels[index]!, index, score }));
          const text = predictions.map(({ label, score }) => `${label} ${score.toFixed(4)}`).join(', ');
          const { format, width, height } = image;
          output.event('prediction', { file, image: { format, width, height }, predictions }, `${file}: ${text}`);
        } catch (error) {
          // One bad image does not keep the others from their answer.
          if (!(error instanceof ImageError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
          failed++;
          output.event('unreadable', { file, text: (error as Error).message }, `${file}: ${(error as Error).message}`);
        }
      }
      if (failed > 0)
        throw new TrainingError('data-invalid', `${failed} of ${files.length} files could not be classified.`);
    });
}
