/** Which container is Frigate's: by image, then by name, never by index: charts put exporters and sidecars first. */

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly number[];
}

/** The names that charts give Frigate's container: the official one, bjw-s app-template from 2.x on, and 1.x. */
const NAMES = ['frigate', 'app', 'main'];

/** Frigate's API ports: 5000 without and 8971 with authentication. */
const PORTS = [5000, 8971];

/** The last part of an image's path, without tag and digest: `frigate` of `ghcr.io/blakeblackshear/frigate:0.17.2@sha256:…`. */
export const imageBasename = (image: string): string => {
  const path = image.split('@')[0] ?? '';
  const last = path.slice(path.lastIndexOf('/') + 1);
  return last.split(':')[0] ?? '';
};

/** Programs around Frigate that carry its name or its labels: none of them is ever restarted for it. */
export const isFalseFriend = (name: string): boolean =>
  /notify|exporter|health|restart|snapshot|double-take|svclb|klipper|volsync|outpost/.test(name);

export const isFrigateImage = (image: string): boolean => {
  const name = imageBasename(image);
  return (
    name === 'frigate' ||
    (/^frigate-[a-z0-9]+$/.test(name) && !isFalseFriend(name) && /(^|\/)blakeblackshear\//.test(image))
  );
};

export const hasApiPort = ({ports}: ContainerSpec): boolean => ports.some((port) => PORTS.includes(port));

const onlyOne = <T>(items: readonly T[]): T | null => (items.length === 1 ? (items[0] ?? null) : null);

const byName = (containers: readonly ContainerSpec[]): ContainerSpec | null => {
  for (const name of NAMES) {
    const found = containers.find((container) => container.name === name);
    if (found !== undefined) return found;
  }
  return null;
};

/** Frigate's container, or `null` where none, or more than one without a difference, could be it. */
export const chooseContainer = (containers: readonly ContainerSpec[]): ContainerSpec | null => {
  const byImage = containers.filter(({image}) => isFrigateImage(image));
  // A sidecar may run the same image (a config sync, say): then the usual names and the API port decide.
  if (byImage.length > 0) return onlyOne(byImage) ?? byName(byImage) ?? onlyOne(byImage.filter(hasApiPort));
  return byName(containers.filter(({image}) => !isFalseFriend(imageBasename(image))));
};
