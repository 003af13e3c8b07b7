/** All faults by name. */
import type {Fault, FaultName} from '../fault.js';
import {cameraFaults} from './camera.js';
import {detectorFaults} from './detector.js';
import {processFaults} from './process.js';
import {storageFaults} from './storage.js';

export const faults: readonly Fault[] = [...detectorFaults, ...cameraFaults, ...processFaults, ...storageFaults];

const byName: ReadonlyMap<string, Fault> = new Map(faults.map((fault) => [fault.name, fault]));

/** The fault of that name; `undefined` where there is none. */
export const findFault = (name: string): Fault | undefined => byName.get(name);

export const faultNamed = (name: FaultName): Fault => {
  const fault = byName.get(name);
  if (fault === undefined) throw new Error(`no fault is called ${name}`);
  return fault;
};
