/** `GET /embed/frame`: a page with only the widget, for an `iframe` on a site that allows no scripts. */
import { Problem } from '@glimpse/shared/api/problems';
import { html } from 'hono/html';
import * as z from 'zod/mini';
import { originsOfKey } from '../access/look-up-key.ts';
import type { AppContext } from '../context.ts';
import { type Parameter, type RouteDocs, route } from './route.ts';
import { SITE_POLICY } from './serve-asset.ts';

export const embedFrame = route({
  method: 'GET',
  path: '/embed/frame',
  // The widget sends its key with each request that it makes.
  scope: 'none',
  errorShape: 'problem',
  handler: frameWith(originsByKey),
  docs: import.meta.bundled ? undefined : describe(),
});

function describe(): RouteDocs {
  const parameter = (name: string, description: string, example: string): Parameter => ({
    in: 'query',
    name,
    description,
    schema: z.optional(z.string()),
    example,
  });
  return {
    id: 'showFrame',
    tag: 'site',
    summary: 'The widget as a page for an iframe',
    description:
      "Only pages of the key's origins can show it; any page can if the endpoint requires no keys. The other parameters become attributes of the widget, which reports invalid ones. See docs/widget.md.",
    parameters: [
      parameter('key', 'A publishable key.', 'glp_…'),
      parameter('model', 'Default: the endpoint’s default model.', 'cifar10'),
      parameter('lang', 'A BCP 47 language tag.', 'ko'),
      parameter('top-k', 'How many classes to show.', '3'),
    ],
    responses: [
      {
        status: 200,
        description: 'A page.',
        content: { 'text/html': { schema: z.string(), examples: { head: '<!doctype html>' } } },
      },
    ],
    problems: ['key-missing', 'key-unknown', 'keys-unavailable'],
  };
}

/**
 * Which sites can show the frame: the origins of the key.
 *
 * @param key from the query
 * @returns origins, each as `scheme://host[:port]`, or `*` for any
 * @throws {Problem} if it is not a valid publishable key
 */
export type OriginsOfKey = (key: string | undefined, c: AppContext) => Promise<readonly string[]>;

async function originsByKey(key: string | undefined, c: AppContext): Promise<readonly string[]> {
  const { access } = c.get('isolate');
  if (key === undefined) {
    if (access.requireKeys) throw new Problem('key-missing', 'Add a publishable key: /embed/frame?key=glp_…');
    return ['*'];
  }
  const origins = await originsOfKey(access, key, c.executionCtx);
  if (!origins) throw new Problem('key-unknown', 'The frame requires a valid publishable key.');
  return origins;
}

/** Parameters that become attributes of the widget. SWITCHES need no value. */
const ATTRIBUTES = ['model', 'top-k', 'lang', 'mode', 'upload', 'labels'];
const SWITCHES = ['capture', 'feedback'];

const ORIGIN = /^https?:\/\/(\*\.)?[a-z0-9.-]+(:\d{1,5})?$|^https?:\/\/\[[0-9a-f:]+\](:\d{1,5})?$|^\*$/i;

export function frameWith(originsOf: OriginsOfKey): (c: AppContext) => Promise<Response> {
  return async (c) => {
    const query = new URL(c.req.url).searchParams;
    const key = query.get('key') ?? undefined;
    const origins = await originsOf(key, c);
    // A space or a semicolon would change the policy.
    const wrong = origins.find((origin) => !ORIGIN.test(origin));
    if (wrong !== undefined) throw new Error(`The key has an invalid origin: ${JSON.stringify(wrong)}`);
    const ancestors = origins.length === 0 ? "'none'" : origins.join(' ');
    c.header('Content-Security-Policy', [...SITE_POLICY, `frame-ancestors ${ancestors}`].join('; '));
    return c.html(page(key, query));
  };
}

function page(key: string | undefined, query: URLSearchParams) {
  const values = [['key', key], ...ATTRIBUTES.map((name) => [name, query.get(name)])] as [string, string | null][];
  const attributes = [
    ...values.filter(([, value]) => value).map(([name, value]) => html` ${name}="${value}"`),
    ...SWITCHES.filter((name) => query.has(name)).map((name) => html` ${name}`),
  ];
  return html`<!doctype html>
<html lang="${query.get('lang') ?? 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Glimpse</title>
<link rel="stylesheet" href="/site/frame.css">
<script type="module" src="/widget.js"></script>
</head>
<body>
<main><h1>Glimpse</h1><glimpse-classify${attributes}></glimpse-classify></main>
</body>
</html>
`;
}
