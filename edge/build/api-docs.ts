/** /openapi.json, and /docs: Swagger UI for it, without requests to other hosts and without inline scripts or styles. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import edge from '../package.json' with { type: 'json' };
import { routes } from '../src/routes/routes.ts';
import type { Builder } from './build.ts';
import { openApiDocument } from './openapi-document.ts';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Glimpse API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
<main id="docs"></main>
<noscript>This page requires JavaScript. The same information is in <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
`;

/** No validator badge, because it would call another host. */
const start = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  // Highlighting a large response blocks the page.
  syntaxHighlight: false,
});
`;

const swaggerFiles = [
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui.css',
  'favicon-32x32.png',
];

export const apiDocs: Builder = async () => {
  const from = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
  const files = swaggerFiles.map(async (name) => [`docs/${name}`, await readFile(join(from, name))] as const);
  return new Map<string, string | Uint8Array>([
    ['openapi.json', `${JSON.stringify(openApiDocument(routes, edge.version), null, 1)}\n`],
    ['docs.html', page],
    ['docs/start.js', start],
    ...(await Promise.all(files)),
  ]);
};
