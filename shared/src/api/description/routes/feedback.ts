/** What answers were really about. */
import { feedbackAnswerSchema, feedbackSchema } from '../../feedback.ts';
import { limitsSchema } from '../../limits.ts';
import type { Route } from '../route.ts';
import { classification } from './examples.ts';

const { FEEDBACK_SECONDS, MAX_FEEDBACK_BYTES } = limitsSchema.parse({});

const stored = { id: '2026-11-25-8c7dd922ad47494fc02c388e12c00eac' };
const answer = (description: string) => ({
  description,
  content: { 'application/json': { schema: feedbackAnswerSchema, examples: { stored } } },
  // By the answer's id, which was sent, and not the feedback's.
  links: { removeFeedback: { description: 'Take it back.', parameters: { id: '$request.body#/id' } } },
});

export const sendFeedback: Route = {
  method: 'post',
  path: '/v1/feedback',
  id: 'sendFeedback',
  tag: 'feedback',
  summary: 'Say what an image shows',
  description:
    'About an answer that was given here: its `id` is signed, so that nobody can speak about answers that never were. ' +
    'Only where the owner takes feedback; images only with `consent: true`, and where the owner keeps them. They lose ' +
    'their metadata first. The last word about an answer counts.',
  body: {
    description: `At most ${MAX_FEEDBACK_BYTES} bytes, and within ${FEEDBACK_SECONDS / 86_400} days of the answer, unless the owner set other limits.`,
    content: {
      'application/json': {
        schema: feedbackSchema,
        examples: {
          label: { id: classification.id, label: 'dog' },
          image: {
            id: classification.id,
            label: 'dog',
            image: 'R0lGODdhAQABAIAAAP///////ywAAAAAAQABAAACAkQBADs=',
            consent: true,
          },
        },
      },
    },
  },
  answers: [
    { status: 201, ...answer('Stored.') },
    { status: 200, ...answer('There was feedback about this answer already: the label is the one that was sent now.') },
  ],
  problems: [
    'body-malformed',
    'feedback-id-invalid',
    'feedback-label-unknown',
    'feedback-image-foreign',
    'feedback-consent-missing',
    'feedback-images-off',
    'feedback-off',
    'version-unknown',
    'body-too-slow',
    'feedback-id-expired',
    'body-too-large',
    'busy',
    'out-of-time',
    'feedback-unavailable',
    'model-unavailable',
  ],
};

export const removeFeedback: Route = {
  method: 'delete',
  path: '/v1/feedback/{id}',
  id: 'removeFeedback',
  tag: 'feedback',
  summary: 'Take feedback back',
  description:
    'By the `id` of the answer, however old: what was said of it is removed, with the image. Once more does no harm.',
  parameters: [
    {
      in: 'path',
      name: 'id',
      description: 'Of the answer.',
      schema: feedbackSchema.shape.id,
      example: classification.id,
    },
  ],
  answers: [{ status: 204, description: 'Nothing is stored about this answer any more.' }],
  problems: ['feedback-id-invalid', 'feedback-off', 'feedback-unavailable', 'model-unavailable'],
};
