/** All faults by name. */
import type {Fault, FaultName} from '../fault.js';
import {brokerFaults} from './broker.js';
import {cameraFaults} from './camera.js';
import {detectorFaults} from './detector.js';
import {deviceFaults} from './device.js';
import {go2rtcFaults} from './go2rtc.js';
import {processFaults} from './process.js';
import {recorderFaults} from './recorder.js';
import {startFaults} from './start.js';
import {storageFaults} from './storage.js';
import {switchFaults} from './switches.js';

export const faults: readonly Fault[] = [
  ...detectorFaults,
  ...cameraFaults,
  ...processFaults,
  ...storageFaults,
  ...startFaults,
  ...recorderFaults,
  ...switchFaults,
  ...go2rtcFaults,
  ...deviceFaults,
  ...brokerFaults,
];

const byName: ReadonlyMap<string, Fault> = new Map(faults.map((fault) => [fault.name, fault]));

/** The fault of that name; `undefined` where there is none. */
export const findFault = (name: string): Fault | undefined => byName.get(name);

export const faultNamed = (name: FaultName): Fault => {
  const fault = byName.get(name);
  if (fault === undefined) throw new Error(`no fault is called ${name}`);
  return fault;
};
