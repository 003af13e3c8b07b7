/**
 * A tar archive of a few small files, gzipped. Forty lines in the place of a library: the ones that there are read, extract and
 * stream, and bring dependencies; a bundle writes regular files with short ASCII names.
 */
import {gzipSync} from 'node:zlib';

export interface ArchivedFile {
  /** At most 100 bytes of ASCII. */
  readonly name: string;
  readonly content: string;
}

const BLOCK = 512;

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

/** A ustar header (POSIX.1-1988): owner 0, mode 0644. `at`: seconds since the epoch. */
const headerOf = (name: string, size: number, at: number): Buffer => {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, 'latin1');
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(at, 12), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
};

/** The files in a folder of the archive. `at`: milliseconds since the epoch, the time of every file. */
export const tarGz = (folder: string, files: readonly ArchivedFile[], at: number): Buffer => {
  const blocks = files.flatMap(({name, content}) => {
    const bytes = Buffer.from(content, 'utf8');
    const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK);
    return [headerOf(`${folder}/${name}`, bytes.length, Math.floor(at / 1000)), bytes, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
};
