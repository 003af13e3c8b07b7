/** The flags of `serve` about HTTP, metrics and Consul, as its use case takes them. */
import type {FacesOptions} from '../usecases/serve/faces.js';
import type {CommandRuntime} from './runtime.js';

export interface GivenFaceFlags {
  readonly demo?: string | undefined;
  readonly listen?: string | undefined;
  readonly 'tls-cert'?: string | undefined;
  readonly 'tls-key'?: string | undefined;
  readonly auth?: FacesOptions['http']['auth'] | undefined;
  readonly 'token-file'?: string | undefined;
  readonly 'enable-debug': boolean;
  readonly 'metrics-cameras': FacesOptions['metricsCameras'];
  readonly consul?: string | undefined;
  readonly discover?: string | undefined;
  readonly 'consul-token-file'?: string | undefined;
  readonly 'consul-when-we-die': 'keep' | 'critical';
}

/** In the cluster every interface, and a token for each request. A demo is for the person at this machine. */
const defaultsOf = (demo: string | undefined): Pick<FacesOptions['http'], 'listen' | 'auth'> =>
  demo === undefined ? {listen: '0.0.0.0:8080', auth: 'kubernetes'} : {listen: '127.0.0.1:8080', auth: 'none'};

export const facesOptions = (
  flags: GivenFaceFlags,
  {built, readFile}: Pick<CommandRuntime, 'built' | 'readFile'>,
): FacesOptions => {
  const defaults = defaultsOf(flags.demo);
  return {
    http: {
      listen: flags.listen ?? defaults.listen,
      tlsCert: flags['tls-cert'] ?? null,
      tlsKey: flags['tls-key'] ?? null,
      auth: flags.auth ?? defaults.auth,
      tokenFile: flags['token-file'] ?? null,
      enableDebug: flags['enable-debug'],
    },
    metricsCameras: flags['metrics-cameras'],
    discover: flags.discover ?? null,
    consul:
      flags.consul === undefined
        ? null
        : {
            url: flags.consul,
            tokenFile: flags['consul-token-file'] ?? null,
            whenWeDie: flags['consul-when-we-die'],
          },
    built,
    readFile,
    random: Math.random,
  };
};
