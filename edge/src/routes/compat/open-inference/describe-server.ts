/** `GET /v2`: the name, version and protocol extensions of the server. */
import { serverMetadataSchema } from '@glimpse/shared/api/open-inference';
import type * as z from 'zod/mini';
import { route } from '../../route.ts';
import { protocolResponses } from '../../route-docs.ts';

const SERVER: z.infer<typeof serverMetadataSchema> = {
  name: 'glimpse',
  version: '0.1.0',
  extensions: ['classification', 'binary_tensor_data'],
};

export const describeServer = route({
  method: 'GET',
  path: '/v2',
  scope: 'none',
  stateless: true,
  errorShape: 'text',
  handler: (c) => c.json(SERVER),
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'describeServer',
        tag: 'open-inference',
        summary: 'Describe the server',
        description: 'Its name, its version, and the extensions of the protocol that it supports.',
        responses: protocolResponses(serverMetadataSchema, SERVER),
        problems: [],
      },
});
