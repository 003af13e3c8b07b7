/** kubectl's flags that choose cluster, user and namespace; `null`: not given. */
export interface Flags {
  readonly context: string | null;
  readonly cluster: string | null;
  readonly user: string | null;
  readonly namespace: string | null;
  readonly server: string | null;
  readonly token: string | null;
  readonly certificateAuthority: string | null;
  readonly insecureSkipTlsVerify: boolean;
  readonly tlsServerName: string | null;
}
