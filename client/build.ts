/** Builds dist/, or the folder given as argument: the client, the resizer that it loads on demand, and their types. */
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
  // Browsers since 2022, Node 20, and Hermes with Metro.
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
      name: 'keep-resizer-separate',
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
