/**
 * Makes dist/, or another folder that is named: the client, the resizer that it loads when an image is to be made
 * smaller, and their types.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const root = import.meta.dirname;
const folder = resolve(process.argv[2] ?? join(root, 'dist'));
rmSync(folder, { recursive: true, force: true });
const common: BuildOptions = {
  absWorkingDir: root,
  outdir: folder,
  bundle: true,
  format: 'esm',
  // Browsers of 2022 and later, Node 20, and Hermes behind Metro.
  target: 'es2022',
  minify: true,
  sourcemap: true,
};
await build({ ...common, entryPoints: { resize: 'src/resize/index.ts' } });
await build({
  ...common,
  entryPoints: { index: 'src/index.ts' },
  plugins: [
    {
      name: 'the resizer stays a file of its own',
      setup: ({ onResolve }) =>
        onResolve({ filter: /\/resize\/index\.ts$/ }, () => ({ path: './resize.js', external: true })),
    },
  ],
});
const tsc = createRequire(import.meta.url).resolve('typescript/package.json');
execFileSync(process.execPath, [join(tsc, '../bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', folder], {
  cwd: root,
  stdio: 'inherit',
});
