/** `glimpse predict RUN|RELEASE FILE…`: classify pictures here, as the Worker would. */
import { readFile } from 'node:fs/promises';
import { limitsSchema, pixelLimits } from '@glimpse/shared/api/limits';
import { topClasses } from '@glimpse/shared/network/predictions';
import { nodePictureReader } from '@glimpse/shared/picture/node';
import { PictureError } from '@glimpse/shared/picture/picture-error';
import { Command } from 'commander';
import { TrainingError } from '../training-error.ts';
import { openClassifier } from './classifier.ts';
import { outputOf, wholeNumber } from './options.ts';

export function predictCommand(): Command {
  return new Command('predict')
    .description('classify pictures with the decoders and the runner of the Worker')
    .argument('<run|release>', 'a run folder, or a folder with a release.json')
    .argument('<files...>', 'JPEG, PNG, WebP or GIF pictures')
    .option('--top-k <n>', 'classes to show', wholeNumber(1, 10_000), 3)
    .action(async (folder: string, files: string[], options: { topK: number }, command: Command) => {
      const output = outputOf(command);
      const { classifier, input, labels } = await openClassifier(folder);
      const readPicture = nodePictureReader();
      const limits = pixelLimits(limitsSchema.parse({}));
      let failed = 0;
      for (const file of files) {
        try {
          const picture = await readPicture(await readFile(file), input, limits);
          const best = topClasses(classifier.classify(picture.pixels), options.topK);
          const predictions = best.map(({ index, score }) => ({ label: labels[index]!, index, score }));
          const text = predictions.map(({ label, score }) => `${label} ${score.toFixed(4)}`).join(', ');
          const { format, width, height } = picture;
          output.event('prediction', { file, image: { format, width, height }, predictions }, `${file}: ${text}`);
        } catch (error) {
          // One bad picture does not keep the others from their answer.
          if (!(error instanceof PictureError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
          failed++;
          output.event('unreadable', { file, text: (error as Error).message }, `${file}: ${(error as Error).message}`);
        }
      }
      if (failed > 0)
        throw new TrainingError('data-invalid', `${failed} of ${files.length} files could not be classified.`);
    });
}
