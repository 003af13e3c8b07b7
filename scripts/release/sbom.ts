/**
 * What is in the program, as SBOMs (CycloneDX and SPDX) in build/: `npm run release:sbom`, after a build with `--metafile`.
 * Everything is bundled, so package.json has development dependencies only and cannot tell what is inside; the bundler can.
 */
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import {from} from '../build/bundle.js';

const metafile = z.object({inputs: z.record(z.string(), z.unknown())});
const packageName = z.object({name: z.string(), version: z.string()});

const cycloneDx = z.looseObject({
  metadata: z.looseObject({component: z.looseObject({'bom-ref': z.string()})}),
  components: z.array(z.looseObject({'bom-ref': z.string(), name: z.string(), version: z.string()})),
  dependencies: z.array(z.looseObject({ref: z.string(), dependsOn: z.array(z.string()).default([])})),
});
const spdx = z.looseObject({
  documentDescribes: z.array(z.string()),
  packages: z.array(z.looseObject({SPDXID: z.string(), name: z.string(), versionInfo: z.string()})),
  relationships: z.array(z.looseObject({spdxElementId: z.string(), relatedSpdxElement: z.string()})),
});

/** `name@version` of each package whose code is in the bundle. */
export const bundledPackages = (
  inputs: readonly string[],
  packageAt: (folder: string) => unknown,
): ReadonlySet<string> => {
  const folders = new Set(inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []));
  return new Set(
    [...folders].map((folder) => {
      const {name, version} = packageName.parse(packageAt(folder));
      return `${name}@${version}`;
    }),
  );
};

/** The CycloneDX document of `npm sbom` with nothing but the program and what is bundled. */
export const bundledCycloneDx = (document: unknown, bundled: ReadonlySet<string>): z.infer<typeof cycloneDx> => {
  const {components, dependencies, ...rest} = cycloneDx.parse(document);
  const kept = components.filter(({name, version}) => bundled.has(`${name}@${version}`));
  const refs = new Set([rest.metadata.component['bom-ref'], ...kept.map((component) => component['bom-ref'])]);
  return {
    ...rest,
    components: kept,
    dependencies: dependencies
      .filter(({ref}) => refs.has(ref))
      .map((one) => ({...one, dependsOn: one.dependsOn.filter((ref) => refs.has(ref))})),
  };
};

/** The SPDX document of `npm sbom`, likewise. */
export const bundledSpdx = (document: unknown, bundled: ReadonlySet<string>): z.infer<typeof spdx> => {
  const {packages, relationships, ...rest} = spdx.parse(document);
  const kept = packages.filter(
    ({SPDXID, name, versionInfo}) => rest.documentDescribes.includes(SPDXID) || bundled.has(`${name}@${versionInfo}`),
  );
  const ids = new Set(['SPDXRef-DOCUMENT', ...kept.map(({SPDXID}) => SPDXID)]);
  return {
    ...rest,
    packages: kept,
    relationships: relationships.filter(
      ({spdxElementId, relatedSpdxElement}) => ids.has(spdxElementId) && ids.has(relatedSpdxElement),
    ),
  };
};

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const npmSbom = (format: 'cyclonedx' | 'spdx'): unknown =>
  JSON.parse(
    execFileSync('npm', ['sbom', `--sbom-format=${format}`], {
      cwd: from(),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
    }),
  );

if (process.argv[1] === import.meta.filename) {
  const inputs = Object.keys(metafile.parse(json(from('dist/metafile.json'))).inputs);
  const bundled = bundledPackages(inputs, (folder) => json(path.join(from(folder), 'package.json')));
  const documents = {cdx: bundledCycloneDx(npmSbom('cyclonedx'), bundled), spdx: bundledSpdx(npmSbom('spdx'), bundled)};
  mkdirSync(from('build'), {recursive: true});
  for (const [kind, document] of Object.entries(documents))
    writeFileSync(from('build', `sbom.${kind}.json`), `${JSON.stringify(document, null, 2)}\n`);
  console.log(`${bundled.size} packages are in the program`);
}
