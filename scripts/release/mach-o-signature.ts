/**
 * An ad-hoc code signature for a Mach-O program: hashes of its pages and no identity. macOS on arm64 kills a program that has
 * none, and Apple's `codesign` runs on macOS alone; the linkers of LLVM and Go sign in the same way, wherever they run.
 *
 * The layout: Apple, xnu, osfmk/kern/cs_blobs.h; aligned as LLVM's linker does it (lld/MachO/SyntheticSections.cpp), to the byte. Load commands are little-endian, the signature big-endian.
 */
import {createHash} from 'node:crypto';

const MAGIC_64 = 0xfeedfacf;
const HEADER_SIZE = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const SIGNATURE_COMMAND_SIZE = 16;
const MH_EXECUTE = 2;

const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
/** One blob in the list: magic, length, count, one index of type and offset, and up to a multiple of eight. */
const SUPER_BLOB_SIZE = 24;
/** Of version 0x20400, up to the flags of the executable segment. */
const DIRECTORY_SIZE = 88;
const DIRECTORY_VERSION = 0x20400;
/** CS_ADHOC and CS_LINKER_SIGNED. */
const FLAGS = 0x20002;
const HASH_SIZE = 32;
const HASH_SHA256 = 2;
/** Of the signature, whatever the pages of the machine: 4 KiB. */
const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;
const EXECSEG_MAIN_BINARY = 1n;
/** Pages of arm64, to which the memory of a segment is rounded up. */
const MEMORY_PAGE = 0x4000n;
const ALIGNMENT = 16;

interface Segment {
  /** Of its load command. */
  readonly at: number;
  readonly fileOffset: number;
  readonly fileSize: number;
}

interface Layout {
  readonly text: Segment;
  readonly linkEdit: Segment;
  /** Of the load command of a signature that is there. */
  readonly signatureAt: number | null;
  readonly commandsEnd: number;
  /** Where the first section begins: load commands may grow up to here. */
  readonly contentsAt: number;
  readonly isProgram: boolean;
}

const up = (value: number, to: number): number => Math.ceil(value / to) * to;

const nameAt = (file: Buffer, at: number): string => file.toString('latin1', at, at + 16).replace(/\0.*$/s, '');

/** Where the contents of the sections of a segment begin in the file; those that hold only zeroes are nowhere. */
const sectionsOf = (file: Buffer, at: number): readonly number[] =>
  Array.from({length: file.readUInt32LE(at + 64)}, (_, index) => file.readUInt32LE(at + 72 + index * 80 + 48)).filter(
    (offset) => offset > 0,
  );

const layoutOf = (file: Buffer): Layout => {
  if (file.length < HEADER_SIZE || file.readUInt32LE(0) !== MAGIC_64)
    throw new Error('this is no Mach-O program of 64 bits');
  const commandsEnd = HEADER_SIZE + file.readUInt32LE(20);
  const segments = new Map<string, Segment>();
  let signatureAt: number | null = null;
  let contentsAt = Number.MAX_SAFE_INTEGER;
  let at = HEADER_SIZE;
  for (let left = file.readUInt32LE(16); left > 0; left -= 1) {
    const command = file.readUInt32LE(at);
    if (command === LC_CODE_SIGNATURE) signatureAt = at;
    if (command === LC_SEGMENT_64) {
      segments.set(nameAt(file, at + 8), {
        at,
        fileOffset: Number(file.readBigUInt64LE(at + 40)),
        fileSize: Number(file.readBigUInt64LE(at + 48)),
      });
      contentsAt = Math.min(contentsAt, ...sectionsOf(file, at));
    }
    at += file.readUInt32LE(at + 4);
  }
  const text = segments.get('__TEXT');
  const linkEdit = segments.get('__LINKEDIT');
  if (text === undefined || linkEdit === undefined || at !== commandsEnd)
    throw new Error('this Mach-O program has no segments __TEXT and __LINKEDIT, or its load commands are broken');
  return {text, linkEdit, signatureAt, commandsEnd, contentsAt, isProgram: file.readUInt32LE(12) === MH_EXECUTE};
};

/** Everything before the signature, with the load commands that announce it: those bytes are hashed as well. */
const announced = (file: Buffer, layout: Layout, signatureSize: (codeLimit: number) => number): Buffer => {
  const {linkEdit, signatureAt, commandsEnd, contentsAt} = layout;
  const end = signatureAt === null ? linkEdit.fileOffset + linkEdit.fileSize : file.readUInt32LE(signatureAt + 8);
  if (signatureAt === null && end !== file.length)
    throw new Error('something follows __LINKEDIT in this Mach-O program');
  if (signatureAt === null && contentsAt - commandsEnd < SIGNATURE_COMMAND_SIZE)
    throw new Error('this Mach-O program has no room for one more load command');
  const codeLimit = up(end, ALIGNMENT);
  const code = Buffer.alloc(codeLimit);
  file.copy(code, 0, 0, end);
  const at = signatureAt ?? commandsEnd;
  if (signatureAt === null) {
    code.writeUInt32LE(file.readUInt32LE(16) + 1, 16);
    code.writeUInt32LE(file.readUInt32LE(20) + SIGNATURE_COMMAND_SIZE, 20);
  }
  const size = signatureSize(codeLimit);
  for (const [index, word] of [LC_CODE_SIGNATURE, SIGNATURE_COMMAND_SIZE, codeLimit, size].entries())
    code.writeUInt32LE(word, at + index * 4);
  const fileSize = BigInt(codeLimit + size - linkEdit.fileOffset);
  if (file.readBigUInt64LE(linkEdit.at + 32) < fileSize)
    code.writeBigUInt64LE(((fileSize + MEMORY_PAGE - 1n) / MEMORY_PAGE) * MEMORY_PAGE, linkEdit.at + 32);
  code.writeBigUInt64LE(fileSize, linkEdit.at + 48);
  return code;
};

/** The program with an ad-hoc signature, in the place of any that it had. `identifier`: the name that macOS shows. */
export const adHocSigned = (file: Buffer, identifier: string): Buffer => {
  const layout = layoutOf(file);
  const name = Buffer.from(`${identifier}\0`);
  const hashesAt = up(SUPER_BLOB_SIZE + DIRECTORY_SIZE + name.length, ALIGNMENT) - SUPER_BLOB_SIZE;
  const pages = (codeLimit: number): number => Math.ceil(codeLimit / PAGE);
  const directorySize = (codeLimit: number): number => hashesAt + pages(codeLimit) * HASH_SIZE;
  const code = announced(file, layout, (codeLimit) => SUPER_BLOB_SIZE + directorySize(codeLimit));

  const length = directorySize(code.length);
  const signature = Buffer.alloc(SUPER_BLOB_SIZE + length);
  const words = (at: number, ...values: readonly number[]): void =>
    values.forEach((value, index) => signature.writeUInt32BE(value, at + index * 4));
  words(0, EMBEDDED_SIGNATURE, SUPER_BLOB_SIZE + length, 1, 0, SUPER_BLOB_SIZE);
  const directory = SUPER_BLOB_SIZE;
  words(
    directory,
    CODE_DIRECTORY,
    length,
    DIRECTORY_VERSION,
    FLAGS,
    hashesAt,
    DIRECTORY_SIZE,
    0,
    pages(code.length),
    code.length,
  );
  for (const [index, byte] of [HASH_SIZE, HASH_SHA256, 0, PAGE_BITS].entries())
    signature.writeUInt8(byte, directory + 36 + index);
  signature.writeBigUInt64BE(BigInt(layout.text.fileOffset), directory + 64);
  signature.writeBigUInt64BE(BigInt(layout.text.fileSize), directory + 72);
  signature.writeBigUInt64BE(layout.isProgram ? EXECSEG_MAIN_BINARY : 0n, directory + 80);
  name.copy(signature, directory + DIRECTORY_SIZE);
  for (let page = 0; page < pages(code.length); page += 1) {
    const hash = createHash('sha256')
      .update(code.subarray(page * PAGE, Math.min((page + 1) * PAGE, code.length)))
      .digest();
    hash.copy(signature, directory + hashesAt + page * HASH_SIZE);
  }
  return Buffer.concat([code, signature]);
};
