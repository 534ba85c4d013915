/** /docs: Swagger UI on /openapi.json, with nothing from other hosts and no script or style within the page. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Builder } from './build.ts';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Glimpse: the API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
<main id="docs"></main>
<noscript>This page needs JavaScript; the same is in <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
`;

/** The validator's badge would ask another host. */
const start = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  // Highlighting a large answer blocks the page.
  syntaxHighlight: false,
});
`;

const copied = ['swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt', 'swagger-ui.css', 'favicon-32x32.png'];

export const docs: Builder = async () => {
  const from = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
  const files = copied.map(async (name) => [`docs/${name}`, await readFile(join(from, name))] as const);
  return new Map<string, string | Uint8Array>([
    ['docs.html', page],
    ['docs/start.js', start],
    ...(await Promise.all(files)),
  ]);
};
