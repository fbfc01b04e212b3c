// Packs what vite built, lists it for the server (files.json), and holds the first loads to their budgets.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url).pathname;
const assets = readdirSync(join(dist, 'assets')).filter((name) => /\.(js|css|svg)$/.test(name));
const brotli = {};
const list = ['index.html'];

for (const name of assets) {
  const path = join(dist, 'assets', name);
  const body = readFileSync(path);
  const packed = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } });
  writeFileSync(`${path}.br`, packed);
  writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }));
  brotli[`assets/${name}`] = packed.length;
  list.push(`assets/${name}`, `assets/${name}.br`, `assets/${name}.gz`);
}

const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));

/** Every script a browser loads before the named modules can run: they, the entry, and what these import statically. */
function firstLoad(...modules) {
  const seen = new Set();
  const visit = (key) => {
    if (!seen.has(key)) {
      seen.add(key);
      for (const next of manifest[key].imports ?? []) visit(next);
    }
  };
  for (const module of ['index.html', ...modules]) visit(module);
  return [...seen].reduce((sum, key) => sum + (brotli[manifest[key].file] ?? 0), 0);
}

const budgets = [
  ['sign-in', 300, ['src/spine/identity/Begin.tsx']],
  ['agent desk', 400, ['src/shell/Layout.tsx', 'src/use/desk/Desk.tsx']],
];
let broken = false;
const sizes = {};
for (const [name, most, modules] of budgets) {
  const bytes = firstLoad(...modules);
  sizes[name] = bytes;
  console.log(`first load, ${name}: ${(bytes / 1024).toFixed(1)} KiB of JavaScript (brotli), budget ${most} KB`);
  broken ||= bytes > most * 1000;
}

rmSync(join(dist, 'manifest.json'));
writeFileSync(join(dist, 'files.json'), JSON.stringify(list));
if (broken) {
  console.error('A first load is over its budget (console.md).');
  process.exit(1);
}
