/** `GET /embed/frame`: the widget as a page of its own, for an `iframe` on a site that allows no script. */
import { Problem } from '@glimpse/shared/api/problems';
import { html } from 'hono/html';
import { originsOfKey } from '../access/origins-of-key.ts';
import type { AppContext } from '../context.ts';
import { SITE_POLICY } from './site-file.ts';

/**
 * Which sites may show the frame: those that the key may be used on.
 *
 * @param key as the query has it, or undefined
 * @returns origins, each as `scheme://host[:port]`, or `*` where any may
 * @throws {Problem} where it is no publishable key, such as none or a secret one
 */
export type OriginsOfKey = (key: string | undefined, c: AppContext) => Promise<readonly string[]>;

/** By the keys of the endpoint. */
export const frameOrigins: OriginsOfKey = async (key, c) => {
  const { access } = c.get('isolate');
  if (key === undefined) {
    if (access.requireKeys) throw new Problem('key-missing', 'Name a publishable key: /embed/frame?key=glp_…');
    return ['*'];
  }
  const origins = await originsOfKey(access, key, c.executionCtx);
  if (!origins) throw new Problem('key-unknown', 'The frame takes a publishable key that holds; this is none.');
  return origins;
};

/** Of the query, what becomes an attribute of the widget; the value of the last ones does not matter. */
const ATTRIBUTES = ['model', 'top-k', 'lang', 'mode', 'upload', 'labels'];
const SWITCHES = ['capture', 'feedback'];

const ORIGIN = /^https?:\/\/(\*\.)?[a-z0-9.-]+(:\d{1,5})?$|^https?:\/\/\[[0-9a-f:]+\](:\d{1,5})?$|^\*$/i;

export function embedFrame(originsOf: OriginsOfKey): (c: AppContext) => Promise<Response> {
  return async (c) => {
    const query = new URL(c.req.url).searchParams;
    const key = query.get('key') ?? undefined;
    const origins = await originsOf(key, c);
    // A space or a semicolon would make another policy of it.
    const wrong = origins.find((origin) => !ORIGIN.test(origin));
    if (wrong !== undefined) throw new Error(`The key has an origin that is none: ${JSON.stringify(wrong)}`);
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
