/**
 * `DELETE /v1/feedback/{id}`, by the id of the answer: whoever has it may take back what was said of it, with the image.
 * However old it is: to be forgotten does not expire.
 */
import { locateFeedback } from '@glimpse/shared/feedback/names';
import type { AppContext } from '../context.ts';
import { mapStoreErrors, openFeedback, verifyAnswer } from '../feedback/open-feedback.ts';
import { deleteFeedback } from '../feedback/stored-feedback.ts';

export async function removeFeedback(c: AppContext): Promise<Response> {
  const service = openFeedback(c.get('isolate'));
  const id = c.req.param('id') ?? '';
  await verifyAnswer(service, id);
  const place = (await locateFeedback(id))!;
  await mapStoreErrors(deleteFeedback(service.store, place.model, place.id));
  return c.body(null, 204);
}
