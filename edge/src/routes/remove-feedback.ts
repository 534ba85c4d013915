/** `DELETE /v1/feedback/{id}`: deletes the feedback for an answer, and its image, at any age. */
import { feedbackSchema } from '@glimpse/shared/api/feedback';
import { locateFeedback } from '@glimpse/shared/feedback/names';
import type { AppContext } from '../context.ts';
import { mapStoreErrors, openFeedback, verifyAnswer } from '../feedback/open-feedback.ts';
import { deleteFeedback } from '../feedback/stored-feedback.ts';
import { route } from './route.ts';
import { classification } from './route-docs.ts';

export const removeFeedback = route({
  method: 'DELETE',
  path: '/v1/feedback/:id',
  scope: 'feedback',
  errorShape: 'problem',
  handler: answer,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'removeFeedback',
        tag: 'feedback',
        summary: 'Delete feedback',
        description: 'Deletes the feedback for that answer and its image, regardless of age. Idempotent: always 204.',
        parameters: [
          {
            in: 'path',
            name: 'id',
            description: 'The `id` of the answer.',
            schema: feedbackSchema.shape.id,
            example: classification.id,
          },
        ],
        responses: [{ status: 204, description: 'No feedback is stored for this answer.' }],
        problems: [
          'parameter-invalid',
          'feedback-id-invalid',
          'feedback-off',
          'feedback-unavailable',
          'model-unavailable',
        ],
      },
});

async function answer(c: AppContext): Promise<Response> {
  const service = openFeedback(c.get('isolate'));
  const id = c.req.param('id') ?? '';
  await verifyAnswer(service, id);
  const place = (await locateFeedback(id))!;
  await mapStoreErrors(deleteFeedback(service.store, place.model, place.id));
  return c.body(null, 204);
}
