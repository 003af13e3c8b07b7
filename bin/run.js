#!/usr/bin/env node
// Old syntax only: a Node.js that is too old must get as far as its one clear line.
import module from 'module';
import url from 'url';

var needed = [22, 12];
var found = process.versions.node.split('.').map(Number);

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  process.stderr.write('frigate-health needs Node.js ' + needed.join('.') + ' or newer; this is ' + process.versions.node + '. See https://nodejs.org.\n');
  process.exitCode = 64;
} else {
  module.enableCompileCache();
  import('../dist/main.js').then(function (program) {
    return program.main(process.argv.slice(2), url.fileURLToPath(new URL('..', import.meta.url)));
  });
}
