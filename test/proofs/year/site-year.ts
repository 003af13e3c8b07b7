/** The year of one seed, as it happens to the site of the proof. */
import {randomOf} from '../support/random.js';
import {site} from './installation.js';
import {drawYear, type Occurrence} from './occurrences.js';

const names = site.cameras.map(({name}) => name);
const subnet = site.cameras.filter(({host}) => host.startsWith('192.168.30.')).map(({name}) => name);

export const yearOf = (seed: number): readonly Occurrence[] => drawYear(randomOf(seed), {all: names, subnet});
