/** curl, as far as anybody asks Frigate with it: the flags, the exit codes, `-w` and `-D`. */
import {request as httpRequest, STATUS_CODES} from 'node:http';
import {backendAnswer} from '../frigate.js';
import {wrong, type CommandResult, type ContainerView} from './command.js';

interface CurlOptions {
  url: string;
  maxTime: number | null;
  writeOut: string;
  include: boolean;
  dumpHeader: string | null;
  output: string | null;
  fail: boolean;
  silent: boolean;
  showError: boolean;
  headers: Record<string, string>;
  method: string;
}

const withValue: Readonly<Record<string, string>> = {
  '-m': '--max-time',
  '-w': '--write-out',
  '-D': '--dump-header',
  '-o': '--output',
  '-H': '--header',
  '-X': '--request',
  '-A': '--user-agent',
  '-b': '--cookie',
};

/** `-sSf`, `-m10`, `--max-time=10` and `--max-time 10` mean what they mean to curl. */
const spreadFlags = (args: readonly string[]): string[] =>
  args.flatMap((arg) => {
    if (/^--[\w-]+=/.test(arg)) return [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)];
    if (!/^-[^-]./.test(arg)) return [arg];
    const spread: string[] = [];
    for (let index = 1; index < arg.length; index += 1) {
      const flag = `-${arg[index] ?? ''}`;
      spread.push(flag);
      if (flag in withValue && index + 1 < arg.length) {
        spread.push(arg.slice(index + 1));
        break;
      }
    }
    return spread;
  });

type Take = (options: CurlOptions, value: string) => void;

/** What each flag with a value does. */
const takers: Readonly<Record<string, Take>> = {
  '--max-time': (options, value) => void (options.maxTime = Number(value)),
  // Loopback connects at once or never: nothing to wait for.
  '--connect-timeout': () => undefined,
  '--write-out': (options, value) => void (options.writeOut = value),
  '--dump-header': (options, value) => void (options.dumpHeader = value),
  '--output': (options, value) => void (options.output = value),
  '--request': (options, value) => void (options.method = value),
  '--cookie': (options, value) => void (options.headers['Cookie'] = value),
  '--user-agent': (options, value) => void (options.headers['User-Agent'] = value),
  '--header': (options, value) => {
    const colon = value.indexOf(':');
    options.headers[value.slice(0, colon).trim()] = value.slice(colon + 1).trim();
  },
};

const switches: Readonly<Record<string, (options: CurlOptions) => void>> = {
  '-i': (options) => void (options.include = true),
  '--include': (options) => void (options.include = true),
  '-f': (options) => void (options.fail = true),
  '--fail': (options) => void (options.fail = true),
  '-S': (options) => void (options.showError = true),
  '--show-error': (options) => void (options.showError = true),
  '-s': (options) => void (options.silent = true),
  '--silent': (options) => void (options.silent = true),
};

const curlOptions = (args: readonly string[]): CurlOptions => {
  const options: CurlOptions = {
    url: '',
    maxTime: null,
    writeOut: '',
    include: false,
    dumpHeader: null,
    output: null,
    fail: false,
    silent: false,
    showError: false,
    headers: {},
    method: 'GET',
  };
  const words = spreadFlags(args);
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const take = takers[withValue[word] ?? word];
    if (take !== undefined) take(options, words[++index] ?? '');
    else if (word.startsWith('-')) switches[word]?.(options);
    else options.url = word;
  }
  return options;
};

interface Fetched {
  readonly status: number;
  readonly headerText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** curl's own exit codes. */
type FetchFailure = 'refused' | 'timeout' | 'empty';

/** The API behind nginx listens on the loopback interface alone: only a command in the container gets there. */
const BACKEND_PORT = 5001;

const fetchFromBackend = (view: ContainerView, url: URL, signal: AbortSignal): Promise<Fetched | FetchFailure> =>
  new Promise((resolve) => {
    const result = backendAnswer(view.run, `${url.pathname}${url.search}`, view.clock.now() / 1000);
    if (result.kind === 'refused') resolve('refused');
    if (result.kind === 'silent') {
      const give = (): void => {
        resolve('timeout');
      };
      if (signal.aborted) give();
      signal.addEventListener('abort', give, {once: true});
    }
    if (result.kind !== 'reply') return;
    const headers = {
      date: new Date(view.clock.now()).toUTCString(),
      server: 'uvicorn',
      'content-length': String(Buffer.byteLength(result.body)),
      'content-type': result.type,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    resolve({
      status: result.status,
      headers,
      body: Buffer.from(result.body),
      headerText: `HTTP/1.1 ${result.status} ${STATUS_CODES[result.status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n`,
    });
  });

const fetchFrom = (
  view: ContainerView,
  options: CurlOptions,
  url: URL,
  signal: AbortSignal,
): Promise<Fetched | FetchFailure> =>
  new Promise((resolve) => {
    const server = view.dial(Number(url.port || 80));
    if (server === null) {
      resolve('refused');
      return;
    }
    const request = httpRequest(
      {
        host: server.host,
        port: server.port,
        path: `${url.pathname}${url.search}`,
        method: options.method,
        headers: {Host: url.host, ...options.headers},
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const raw = response.rawHeaders;
          const headers = Object.fromEntries(
            Array.from({length: raw.length / 2}, (_, index) => [
              (raw[2 * index] ?? '').toLowerCase(),
              raw[2 * index + 1] ?? '',
            ]),
          );
          const lines = Array.from(
            {length: raw.length / 2},
            (_, index) => `${raw[2 * index] ?? ''}: ${raw[2 * index + 1] ?? ''}`,
          );
          resolve({
            status: response.statusCode ?? 0,
            headers,
            body: Buffer.concat(chunks),
            headerText: `HTTP/1.1 ${response.statusCode ?? 0} ${response.statusMessage ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n`,
          });
        });
        response.on('error', () => {
          resolve('empty');
        });
      },
    );
    request.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' ? 'refused' : signal.aborted ? 'timeout' : 'empty');
    });
    signal.addEventListener(
      'abort',
      () => {
        request.destroy();
        resolve('timeout');
      },
      {once: true},
    );
    request.end();
  });

const curlFailures: Readonly<Record<FetchFailure, (url: URL, options: CurlOptions) => readonly [number, string]>> = {
  refused: (url) => [
    7,
    `curl: (7) Failed to connect to ${url.hostname} port ${url.port} after 0 ms: Couldn't connect to server`,
  ],
  timeout: (_url, options) => [
    28,
    `curl: (28) Operation timed out after ${(options.maxTime ?? 0) * 1000} milliseconds with 0 bytes received`,
  ],
  empty: () => [52, 'curl: (52) Empty reply from server'],
};

const expand = (
  format: string,
  status: number,
  seconds: number,
  body: number,
  headers: Readonly<Record<string, string>>,
): string =>
  format
    .replaceAll('\\n', '\n')
    .replaceAll('\\r', '\r')
    .replaceAll('\\t', '\t')
    .replaceAll('%{http_code}', String(status).padStart(3, '0'))
    .replaceAll('%{response_code}', String(status).padStart(3, '0'))
    .replaceAll('%{time_total}', seconds.toFixed(6))
    .replaceAll('%{size_download}', String(body))
    .replaceAll('%{content_type}', headers['content-type'] ?? '')
    .replaceAll(/%header\{([^}]+)\}/g, (_match, name: string) => headers[name.toLowerCase()] ?? '');

export const curl = async (
  args: readonly string[],
  view: ContainerView,
  signal: AbortSignal,
): Promise<CommandResult> => {
  const options = curlOptions(args);
  const url = URL.parse(options.url.includes('://') ? options.url : `http://${options.url}`);
  if (url === null) return wrong(3, 'curl: (3) URL rejected: Malformed input to a URL function\n');
  const began = performance.now();
  const patience = new AbortController();
  const both = AbortSignal.any([signal, patience.signal]);
  const finished = new AbortController();
  if (options.maxTime !== null)
    void view.clock.wait(options.maxTime * 1000, finished.signal).then(() => patience.abort());
  const result =
    url.port === String(BACKEND_PORT)
      ? await fetchFromBackend(view, url, both)
      : await fetchFrom(view, options, url, both);
  finished.abort();
  if (typeof result === 'string') {
    const [exitCode, text] = curlFailures[result](url, options);
    return {
      stdout: expand(options.writeOut, 0, (performance.now() - began) / 1000, 0, {}),
      stderr: options.showError || !options.silent ? `${text}\n` : '',
      exitCode,
    };
  }
  const said = expand(
    options.writeOut,
    result.status,
    (performance.now() - began) / 1000,
    result.body.length,
    result.headers,
  );
  if (options.fail && result.status >= 400)
    return {
      stdout: said,
      stderr: options.showError ? `curl: (22) The requested URL returned error: ${result.status}\n` : '',
      exitCode: 22,
    };
  const parts = [
    options.dumpHeader === '-' || options.include ? Buffer.from(result.headerText) : Buffer.alloc(0),
    options.output === null || options.output === '-' ? result.body : Buffer.alloc(0),
    Buffer.from(said),
  ];
  return {
    stdout: Buffer.concat(parts),
    stderr: options.dumpHeader === '/dev/stderr' ? result.headerText : '',
    exitCode: 0,
  };
};
