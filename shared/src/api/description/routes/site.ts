/** Pages for people, and the widget for their pages. */
import * as z from 'zod/mini';
import type { Parameter, Route } from '../route.ts';

const etag = { ETag: 'Of the content.' };
/** Where the Worker is deployed without what `npm run build` makes. */
const notBuilt = ['route-unknown'] as const;
const unchanged = { status: 304, description: 'As the `ETag` of `If-None-Match` says.', headers: etag } as const;

const htmlPage = {
  status: 200,
  description: 'A page.',
  headers: etag,
  content: { 'text/html': { schema: z.string(), examples: { head: '<!doctype html>' } } },
} as const;

export const demo: Route = {
  method: 'get',
  path: '/',
  id: 'showDemo',
  tag: 'site',
  summary: 'The demo',
  description: 'Tries the default model, and shows what it knows.',
  answers: [htmlPage, unchanged],
  problems: notBuilt,
};

export const embed: Route = {
  method: 'get',
  path: '/embed',
  id: 'showEmbed',
  tag: 'site',
  summary: 'The widget for other pages',
  description: 'The lines to paste, with a preview.',
  answers: [htmlPage, unchanged],
  problems: notBuilt,
};

const parameter = (name: string, description: string, schema: z.ZodMiniType, example: unknown): Parameter => ({
  in: 'query',
  name,
  description,
  schema: z.optional(schema),
  example,
});

export const embedFrame: Route = {
  method: 'get',
  path: '/embed/frame',
  id: 'showFrame',
  tag: 'site',
  summary: 'The widget as a page for an iframe',
  description:
    'Shown only within pages of the origins of the key; without keys within any. The others become attributes of the widget, which says what is wrong with them. docs/widget.md.',
  parameters: [
    parameter('key', 'Publishable.', z.string(), 'glp_…'),
    parameter('model', 'In place of the default one.', z.string(), 'cifar10'),
    parameter('lang', 'BCP 47.', z.string(), 'ko'),
    parameter('top-k', 'How many classes to show.', z.string(), '3'),
  ],
  answers: [{ status: 200, description: 'A page.', content: htmlPage.content }],
  problems: ['key-missing', 'key-unknown', 'keys-unavailable'],
};

export const widget: Route = {
  method: 'get',
  path: '/widget.js',
  id: 'getWidget',
  tag: 'site',
  summary: 'The element `<glimpse-classify>`, as a module',
  description:
    'The newest. The same lies at `/widget/{hash}.js`, which never changes; `/embed` gives its integrity hash.',
  answers: [
    {
      status: 200,
      description: 'JavaScript.',
      headers: etag,
      content: { 'text/javascript': { schema: z.string(), examples: { head: '/*! Glimpse, Apache-2.0. */' } } },
    },
    unchanged,
  ],
  problems: notBuilt,
};
