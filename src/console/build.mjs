// Writes the page, its program and its style to the folder that is named, or to where the server takes them from.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const out = process.argv[2] ?? join(here, '../main/resources/META-INF/resources')
const assets = join(out, 'console')
await rm(assets, { recursive: true, force: true })
await mkdir(assets, { recursive: true })

await build({
  entryPoints: { console: join(here, 'src/main.tsx') },
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  outdir: assets,
})
await writeFile(join(assets, 'icon.svg'), await readFile(join(here, 'icon.svg')))
const licences = ['preact', 'uplot'].map(async (name) => `${name}\n\n${await readFile(join(here, 'node_modules', name, 'LICENSE'), 'utf8')}`)
await writeFile(join(assets, 'licenses.txt'), (await Promise.all(licences)).join('\n'))

// A browser that has older ones takes these, for it has never seen their names.
let page = await readFile(join(here, 'index.html'), 'utf8')
for (const file of ['console.js', 'console.css', 'icon.svg']) {
  const hash = createHash('sha256').update(await readFile(join(assets, file))).digest('hex').slice(0, 12)
  page = page.replace(`/console/${file}`, `/console/${file}?${hash}`)
}
await writeFile(join(out, 'index.html'), page)
