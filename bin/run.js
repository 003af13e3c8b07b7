#!/usr/bin/env node
// Old syntax only: a Node.js that is too old must get as far as its one clear line.
import module from 'module';
import url from 'url';

var needed = [22, 12];
var found = process.versions.node.split('.').map(Number);

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  process.stderr.write(
    'frigate-health needs Node.js ' +
      needed.join('.') +
      ' or newer; this is ' +
      process.versions.node +
      '. See https://nodejs.org.\n',
  );
  process.exitCode = 64;
} else {
  module.enableCompileCache();
  import('../dist/main.js').then(
    function (program) {
      return program.main(process.argv.slice(2), url.fileURLToPath(new URL('..', import.meta.url)));
    },
    function (error) {
      // A checkout that was installed and not built; whatever else is missing is a bug and keeps its stack.
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || String(error.message).indexOf('dist/main.js') === -1) throw error;
      process.stderr.write('frigate-health is not built yet. In its checkout: npm ci && npm run build\n');
      process.exitCode = 64;
    },
  );
}
